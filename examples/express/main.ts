import { createSessions } from 'coatcheck'
import { session } from 'coatcheck/express'
import { MemorySessionStore } from 'coatcheck/stores/memory'
import express from 'express'

const { SESSION_SECRET = '', PORT = '3000' } = process.env
const sessions = createSessions({ secret: SESSION_SECRET, store: new MemorySessionStore() })

const app = express()
app.use(session(sessions))

app.get('/', (req, res) => {
  req.session.visits = (req.session.visits ?? 0) + 1
  res.json({ visits: req.session.visits, user: req.session.userId ?? null })
})

app.post('/login', (req, res) => {
  // Check a password here. The new user gives the session a new id.
  req.session.userId = 'ann'
  res.redirect(303, '/')
})

app.post('/logout', (req, res) => {
  req.session.clear()
  res.redirect(303, '/')
})

const server = app.listen(Number(PORT), 'localhost', () => {
  const address = server.address()
  console.log(`Listening on http://localhost:${typeof address === 'object' ? address?.port : PORT}`)
})
