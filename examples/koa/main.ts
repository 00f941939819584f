import { createSessions } from 'coatcheck'
import { session } from 'coatcheck/koa'
import { MemorySessionStore } from 'coatcheck/stores/memory'
import Koa from 'koa'

const { SESSION_SECRET = '', PORT = '3000' } = process.env
const sessions = createSessions({ secret: SESSION_SECRET, store: new MemorySessionStore() })

const app = new Koa()
app.use(session(sessions))

app.use((ctx) => {
  switch (`${ctx.method} ${ctx.path}`) {
    case 'GET /':
      ctx.session.visits = (ctx.session.visits ?? 0) + 1
      ctx.body = { visits: ctx.session.visits, user: ctx.session.userId ?? null }
      return
    case 'POST /login':
      // Check a password here. The new user gives the session a new id.
      ctx.session.userId = 'ann'
      ctx.status = 303
      return ctx.redirect('/')
    case 'POST /logout':
      ctx.session.clear()
      ctx.status = 303
      return ctx.redirect('/')
  }
})

const server = app.listen(Number(PORT), 'localhost', () => {
  const address = server.address()
  console.log(`Listening on http://localhost:${typeof address === 'object' ? address?.port : PORT}`)
})
