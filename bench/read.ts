import { type RequestQuestion, requestQuestion } from './rig/request-question.ts'
import { ALL_STORES } from './subjects/subject.ts'

/** READ: a handler reads one field of a 300-byte session. */
export const read: RequestQuestion = requestQuestion({
  name: 'read',
  title: 'READ: a handler reads one field of a 300-byte session',
  path: '/read',
  cookies: (signedIn) => signedIn,
  stores: ALL_STORES,
})
