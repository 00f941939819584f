import { session } from 'coatcheck/fetch'
import { sessions } from '../../../../lib/http-session.ts'

export const POST = session(sessions, (_request, { session }) => {
  session.userId = 'ann'
  return new Response(null, { status: 204 })
})
