import { compare } from './rig/measure.ts'
import type { Question } from './rig/question.ts'
import { requestTable } from './rig/request-question.ts'
import { allSubjects } from './subjects/all-subjects.ts'
import { SESSION_BYTES } from './subjects/sample-session.ts'

/** Which subjects the app stands beside, by framework and name. Ratios are to the first. */
const BESIDE: readonly [string, string][] = [
  ['hono', 'bare'],
  ['hono', 'createApp'],
  ['express', 'express-session, MemoryStore'],
  ['fastify', '@fastify/session'],
]

const TITLE = "APP: the guide's counter in createApp, beside bare Hono and the usual pairs"

/** The guide's counter, in `createApp` and in what one would write otherwise. */
export const app: Question = {
  name: 'app',
  title: TITLE,
  async ask(bench) {
    const subjects = BESIDE.flatMap(([framework, name]) =>
      allSubjects.filter((subject) => subject.framework === framework && subject.name === name),
    )
    bench.tell(`app: ${subjects.map(({ framework, name }) => `${framework}/${name}`).join(', ')}`)
    const traffic = {
      path: '/write',
      cookies: (signedIn: readonly string[]) => signedIn,
      visitors: bench.options.visitors,
    }
    const setup = { store: 'memory', sessionBytes: SESSION_BYTES } as const
    const { measured, notices } = await compare(bench, subjects, setup, traffic)
    return { tables: [requestTable(TITLE, measured)], measured, notices }
  },
}
