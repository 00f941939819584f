import { type Bench, withOwnServers } from './rig/bench.ts'
import type { Outcome, Question } from './rig/question.ts'
import { compareVariants, subjectsNamed } from './rig/variants.ts'
import { SESSION_BYTES } from './subjects/sample-session.ts'

const COUNTS = [0, 60]

const TITLE = 'COOKIE COUNT: READ, with so many other cookies in front of ours'

/** READ against the number of other cookies in the header. */
export const cookieCount: Question = {
  name: 'cookie-count',
  title: TITLE,
  ask: (bench) => withOwnServers(bench, askOf),
}

function askOf(bench: Bench): Promise<Outcome> {
  const subjects = subjectsNamed([
    ['node', 'coatcheck'],
    ['express', 'express-session, MemoryStore'],
  ])
  const variants = COUNTS.map((count) => ({
    label: String(count),
    sessionBytes: SESSION_BYTES,
    traffic: {
      path: '/read',
      cookies: (signedIn: readonly string[]) => signedIn.map((cookie) => otherCookies(count) + cookie),
      visitors: bench.options.visitors,
    },
  }))
  return compareVariants(bench, TITLE, subjects, variants)
}

/** Cookies such as analytics and consent tools set: some 40 bytes each. */
function otherCookies(count: number): string {
  return Array.from(
    { length: count },
    (_, at) => `_tool_${at}=GA1.2.${1_000_000_000 + at}.1700000000; `,
  ).join('')
}
