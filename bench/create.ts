import { type RequestQuestion, requestQuestion } from './rig/request-question.ts'

/** CREATE: no cookie is sent and the handler writes 300 bytes. */
export const create: RequestQuestion = requestQuestion({
  name: 'create',
  title: 'CREATE: no cookie is sent and the handler writes 300 bytes',
  path: '/login',
  cookies: () => [''],
  stores: ['memory'],
  withoutTarget: true,
})
