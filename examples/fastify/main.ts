import { createSessions } from 'coatcheck'
import { session } from 'coatcheck/fastify'
import { MemorySessionStore } from 'coatcheck/stores/memory'
import fastify from 'fastify'

const { SESSION_SECRET = '', PORT = '3000' } = process.env
const sessions = createSessions({ secret: SESSION_SECRET, store: new MemorySessionStore() })

const app = fastify()
app.register(session(sessions))

app.get('/', async ({ session }) => {
  session.visits = (session.visits ?? 0) + 1
  return { visits: session.visits, user: session.userId ?? null }
})

app.post('/login', async ({ session }, reply) => {
  // Check a password here. The new user gives the session a new id.
  session.userId = 'ann'
  return reply.redirect('/', 303)
})

app.post('/logout', async ({ session }, reply) => {
  session.clear()
  return reply.redirect('/', 303)
})

const address = await app.listen({ port: Number(PORT), host: 'localhost' })
console.log(`Listening on ${address}`)
