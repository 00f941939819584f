import { type RequestQuestion, requestQuestion } from './rig/request-question.ts'
import { forge } from './rig/visitors.ts'

/** FORGED: the cookie has a wrong signature and the handler reads. */
export const forged: RequestQuestion = requestQuestion({
  name: 'forged',
  title: 'FORGED: the cookie has a wrong signature and the handler reads',
  path: '/read',
  cookies: (signedIn) => signedIn.map(forge),
  stores: ['memory'],
})
