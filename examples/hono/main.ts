import { serve } from '@hono/node-server'
import { createSessions } from 'coatcheck'
import { type SessionEnv, session } from 'coatcheck/hono'
import { MemorySessionStore } from 'coatcheck/stores/memory'
import { Hono } from 'hono'

interface MyData {
  visits: number
  userId: string
}

const { SESSION_SECRET = '', PORT = '3000' } = process.env
const sessions = createSessions<MyData>({ secret: SESSION_SECRET, store: new MemorySessionStore() })

const app = new Hono<SessionEnv<MyData>>()
app.use(session(sessions))

app.get('/', (c) => {
  const { session } = c.var
  session.visits = (session.visits ?? 0) + 1
  return c.json({ visits: session.visits, user: session.userId ?? null })
})

app.post('/login', (c) => {
  // Check a password here. The new user gives the session a new id.
  c.var.session.userId = 'ann'
  return c.redirect('/', 303)
})

app.post('/logout', (c) => {
  c.var.session.clear()
  return c.redirect('/', 303)
})

serve({ fetch: app.fetch, port: Number(PORT), hostname: 'localhost' }, ({ port }) => {
  console.log(`Listening on http://localhost:${port}`)
})
