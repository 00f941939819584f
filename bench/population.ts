import type { Question } from './rig/question.ts'
import { compareVariants, subjectsNamed } from './rig/variants.ts'
import { SESSION_BYTES } from './subjects/sample-session.ts'

// The engine remembers the tickets of 16,384 visitors. The second of these populations is beyond it and takes turns, so that
// every signature is checked anew, as it is for whoever has not been here lately.
const POPULATIONS = [1_000, 20_000]

const TITLE = 'POPULATION: READ, with so many visitors taking turns'

/** READ against the number of visitors who take turns. */
export const population: Question = {
  name: 'population',
  title: TITLE,
  ask: (bench) =>
    compareVariants(
      bench,
      TITLE,
      subjectsNamed([
        ['node', 'coatcheck'],
        ['node', 'HMAC and a Map by hand'],
      ]),
      POPULATIONS.map((visitors) => ({
        label: visitors.toLocaleString('en-US'),
        sessionBytes: SESSION_BYTES,
        traffic: { path: '/read', cookies: (signedIn) => signedIn, visitors },
      })),
    ),
}
