import { type RequestQuestion, requestQuestion } from './rig/request-question.ts'

/** UNTOUCHED: the cookie is sent and the handler leaves the session alone. */
export const untouched: RequestQuestion = requestQuestion({
  name: 'untouched',
  title: 'UNTOUCHED: the cookie is sent and the handler leaves the session alone',
  path: '/plain',
  cookies: (signedIn) => signedIn,
  stores: ['memory'],
})
