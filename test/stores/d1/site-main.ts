import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { type SessionEnv, session } from '../../../src/adapters/hono.ts'
import { createSessions } from '../../../src/core/sessions.ts'
import { D1SessionStore } from '../../../src/stores/d1.ts'
import { lateBasicStore, lateBinding } from './late-stores.ts'

interface Data {
  userId: string
  count: number
}

// While the module loads, as the docs say: one manager an isolate.
const store = new D1SessionStore(env.DB)
const sessions = createSessions<Data>({ secret: env.SESSION_SECRET, store })

const app = new Hono<SessionEnv<Data> & { Bindings: typeof env }>()
app.use(session(sessions))

app.get('/session', (c) => c.json(c.var.session))
app.post('/counter', (c) => {
  c.var.session.count = (c.var.session.count ?? 0) + 1
  return c.json(c.var.session.count)
})
app.post('/increment', async (c) => {
  await c.var.session.update((draft) => {
    draft.count = (draft.count ?? 0) + 1
  })
  return c.body(null, 204)
})
app.post('/login/:user', (c) => {
  c.var.session.userId = c.req.param('user')
  return c.body(null, 204)
})
app.post('/logout', (c) => {
  c.var.session.clear()
  return c.body(null, 204)
})

// The same far away, and on a store that can do nothing in one step, for clients that leave in the middle.
for (const [path, slow] of [
  ['/late', new D1SessionStore(lateBinding(env.DB), { cleanupInterval: false })],
  ['/basic', lateBasicStore()],
] as const) {
  const name = path.slice(1)
  const away = createSessions<Data>({ secret: env.SESSION_SECRET, store: slow, cookie: { name } })
  const site = new Hono<SessionEnv<Data>>()
  site.use(session(away))
  site.post('/login/:user', (c) => {
    c.var.session.userId = c.req.param('user')
    return c.body(null, 204)
  })
  site.post('/increment', async (c) => {
    await c.var.session.update((draft) => {
      draft.count = (draft.count ?? 0) + 1
    })
    return c.body(null, 204)
  })
  site.post('/logout', (c) => {
    c.var.session.clear()
    return c.body(null, 204)
  })
  site.get('/session', (c) => c.json(c.var.session))
  site.post('/revoke/:user', async (c) => c.json(await away.user(c.req.param('user')).revoke()))
  app.route(path, site)
}

app.post('/migrate', async (c) => {
  await store.migrate()
  return c.body(null, 204)
})
app.post('/revoke/:user', async (c) => c.json(await sessions.user(c.req.param('user')).revoke()))
app.get('/count', async (c) => c.json(await new D1SessionStore(c.env.DB).count())) // made for this request
app.post('/clean', async (c) => c.json(await store.deleteExpired()))

export default app
