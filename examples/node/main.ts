import { createServer } from 'node:http'
import { createSessions } from 'coatcheck'
import { session } from 'coatcheck/node'
import { MemorySessionStore } from 'coatcheck/stores/memory'

interface MyData {
  visits: number
  userId: string
}

const { SESSION_SECRET = '', PORT = '3000' } = process.env
const sessions = createSessions<MyData>({ secret: SESSION_SECRET, store: new MemorySessionStore() })

const handler = session(sessions, ({ method, url, session }, response) => {
  switch (`${method} ${url}`) {
    case 'GET /':
      session.visits = (session.visits ?? 0) + 1
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ visits: session.visits, user: session.userId ?? null }))
      return
    case 'POST /login':
      // Check a password here. The new user gives the session a new id.
      session.userId = 'ann'
      response.writeHead(303, { location: '/' }).end()
      return
    case 'POST /logout':
      session.clear()
      response.writeHead(303, { location: '/' }).end()
      return
    default:
      response.writeHead(404).end()
  }
})

const server = createServer(handler).listen(Number(PORT), 'localhost', () => {
  const address = server.address()
  console.log(`Listening on http://localhost:${typeof address === 'object' ? address?.port : PORT}`)
})
