import type { Bench } from './rig/bench.ts'
import type { Outcome, Question } from './rig/question.ts'
import { compareVariants, subjectsNamed } from './rig/variants.ts'

const SIZES = [100, 8_000, 64_000]
const VISITORS = 200

/** READ and WRITE against the size of the session. */
export const sessionSize: Question = {
  name: 'session-size',
  title: 'SESSION SIZE: what a larger session costs',
  async ask(bench) {
    const outcomes = [
      await askOf(bench, 'READ, by bytes of session', '/read'),
      await askOf(bench, 'WRITE, by bytes of session', '/write'),
    ]
    return {
      tables: outcomes.flatMap(({ tables }) => tables),
      measured: outcomes.flatMap(({ measured }) => measured),
      notices: outcomes.flatMap(({ notices }) => notices),
    }
  },
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
