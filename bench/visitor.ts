import { type RequestQuestion, requestQuestion } from './rig/request-question.ts'

/** VISITOR: no cookie is sent and the handler leaves the session alone. */
export const visitor: RequestQuestion = requestQuestion({
  name: 'visitor',
  title: 'VISITOR: no cookie is sent and the handler leaves the session alone',
  path: '/plain',
  cookies: () => [''],
  stores: ['memory'],
})
