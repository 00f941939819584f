import { type Bench, withOwnServers } from './rig/bench.ts'
import { compare } from './rig/measure.ts'
import { type Outcome, type Question, together } from './rig/question.ts'
import { requestTable } from './rig/request-question.ts'
import { subjectsNamed } from './rig/variants.ts'
import { AMONG_MANY } from './subjects/many-sessions.ts'
import { SESSION_BYTES } from './subjects/sample-session.ts'

// The engine remembers the tickets of 16,384 visitors. More than those take turns here, so that every signature is checked anew, as it
// is for whoever has not been here lately.
const VISITORS = 20_000

/** READ and WRITE by more visitors than the engine remembers, whose sessions are all there are or stand among millions of others. */
export const population: Question = {
  name: 'population',
  title: 'POPULATION: 20,000 visitors taking turns',
  ask: (bench) =>
    withOwnServers(bench, async (asked) =>
      together([await askOf(asked, 'READ', '/read'), await askOf(asked, 'WRITE', '/write')]),
    ),
}

async function askOf(bench: Bench, title: string, path: string): Promise<Outcome> {
  bench.tell(`population: ${title} (${AMONG_MANY})`)
  const subjects = subjectsNamed([
    ['node', 'bare'],
    ['node', 'coatcheck'],
    ['node', AMONG_MANY],
    ['node', 'HMAC and a Map by hand'],
  ])
  const traffic = { path, cookies: (signedIn: readonly string[]) => signedIn, visitors: VISITORS }
  const { measured, notices } = await compare(
    bench,
    subjects,
    { store: 'memory', sessionBytes: SESSION_BYTES },
    traffic,
  )
  const labelled = measured.map((one) => ({ ...one, variant: title }))
  return { tables: [requestTable(title, labelled)], measured: labelled, notices }
}
