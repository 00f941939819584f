import { session } from 'coatcheck/fetch'
import { sessions } from '../../../lib/session.ts'

export const POST = session(sessions, async (request, { session }) => {
  session.userId = await request.text()
  return new Response(null, { status: 303, headers: { location: '/' } })
})
