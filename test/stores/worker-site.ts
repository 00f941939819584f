import { Hono } from 'hono'
import { type SessionEnv, session } from '../../src/adapters/hono.ts'
import type { Sessions } from '../../src/core/sessions.ts'

/** What the sessions of the site hold. */
export interface SiteData {
  userId: string
  count: number
}

/** A small site with sessions, for tests inside a Worker: see `siteOnWorker`. */
export function workerSite(sessions: Sessions<SiteData>): Hono<SessionEnv<SiteData>> {
  const app = new Hono<SessionEnv<SiteData>>()
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
  app.post('/revoke/:user', async (c) => c.json(await sessions.user(c.req.param('user')).revoke()))
  return app
}
