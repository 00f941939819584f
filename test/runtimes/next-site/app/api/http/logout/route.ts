import { session } from 'coatcheck/fetch'
import { sessions } from '../../../../lib/http-session.ts'

export const POST = session(sessions, async (_request, { session }) => {
  await session.destroy()
  return new Response(null, { status: 204 })
})
