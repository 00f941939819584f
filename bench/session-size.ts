import { type Bench, withOwnServers } from './rig/bench.ts'
import { type Outcome, type Question, together } from './rig/question.ts'
import { compareVariants, subjectsNamed } from './rig/variants.ts'

const SIZES = [100, 8_000, 64_000]
const VISITORS = 200

/** READ and WRITE against the size of the session. */
export const sessionSize: Question = {
  name: 'session-size',
  title: 'SESSION SIZE: what a larger session costs',
  ask: (bench) =>
    withOwnServers(bench, async (asked) =>
      together([
        await askOf(asked, 'READ, by bytes of session', '/read'),
        await askOf(asked, 'WRITE, by bytes of session', '/write'),
      ]),
    ),
}

function askOf(bench: Bench, title: string, path: string): Promise<Outcome> {
  const subjects = subjectsNamed([
    ['node', 'coatcheck'],
    ['express', 'express-session, MemoryStore'],
  ])
  const variants = SIZES.map((sessionBytes) => ({
    label: sessionBytes.toLocaleString('en-US'),
    sessionBytes,
    traffic: { path, cookies: (signedIn: readonly string[]) => signedIn, visitors: VISITORS },
  }))
  return compareVariants(bench, title, subjects, variants)
}
