import { type RequestQuestion, requestQuestion } from './rig/request-question.ts'
import { ALL_STORES } from './subjects/subject.ts'

/** WRITE: a handler counts in a 300-byte session. */
export const write: RequestQuestion = requestQuestion({
  name: 'write',
  title: 'WRITE: a handler counts in a 300-byte session',
  path: '/write',
  cookies: (signedIn) => signedIn,
  stores: ALL_STORES,
})
