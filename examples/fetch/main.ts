import { serve } from '@hono/node-server'
import { createSessions } from 'coatcheck'
import { session } from 'coatcheck/fetch'
import { MemorySessionStore } from 'coatcheck/stores/memory'

interface MyData {
  visits: number
  userId: string
}

const { SESSION_SECRET = '', PORT = '3000' } = process.env
const sessions = createSessions<MyData>({ secret: SESSION_SECRET, store: new MemorySessionStore() })

const handler = session(sessions, (request, { session }) => {
  const { pathname } = new URL(request.url)
  switch (`${request.method} ${pathname}`) {
    case 'GET /':
      session.visits = (session.visits ?? 0) + 1
      return Response.json({ visits: session.visits, user: session.userId ?? null })
    case 'POST /login':
      // Check a password here. The new user gives the session a new id.
      session.userId = 'ann'
      return Response.redirect(new URL('/', request.url), 303)
    case 'POST /logout':
      session.clear()
      return Response.redirect(new URL('/', request.url), 303)
    default:
      return new Response('Not Found', { status: 404 })
  }
})

// This bridge serves it on Node. Elsewhere it is Bun.serve({ fetch: handler }) or Deno.serve(handler).
serve({ fetch: handler, port: Number(PORT), hostname: 'localhost' }, ({ port }) => {
  console.log(`Listening on http://localhost:${port}`)
})
