import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { SessionEnv } from '../../src/adapters/hono.ts'
import { built } from './built.ts'
import { listen } from './listening.ts'
import { ourSessions } from './our-sessions.ts'
import { type SampleData, sampleVisitors } from './sample-session.ts'
import { ALL_STORES, FLOOR, type Setup, type Subject } from './subject.ts'

const bare: Subject = {
  framework: 'hono',
  name: 'bare',
  kind: 'bare',
  stores: ALL_STORES,
  serve: (setup) => serveWithoutSessions(setup, new Hono()),
}

const floor: Subject = {
  ...FLOOR,
  framework: 'hono',
  serve(setup) {
    const app = new Hono()
    app.use(async (c, next) => {
      await next()
      if (c.req.path !== '/plain') c.res.headers.append('vary', 'Cookie')
    })
    return serveWithoutSessions(setup, app)
  },
}

const ours: Subject = {
  framework: 'hono',
  name: 'coatcheck',
  kind: 'ours',
  stores: ALL_STORES,
  async serve(setup) {
    const { session } = await built<typeof import('../../src/adapters/hono.ts')>('adapters/hono.js')
    const nextVisitor = sampleVisitors(setup.sessionBytes)
    const app = new Hono<SessionEnv<SampleData>>()
    app.use(session(await ourSessions(setup)))
    app.get('/read', (c) => c.json({ email: c.var.session.email ?? null }))
    app.get('/write', (c) => {
      const { session } = c.var
      session.count = (session.count ?? 0) + 1
      return c.json({ count: session.count })
    })
    app.get('/plain', (c) => c.json({ ok: true }))
    app.get('/login', (c) => {
      Object.assign(c.var.session, nextVisitor())
      return c.json({ ok: true })
    })
    return listen(getRequestListener(app.fetch))
  },
}

const honoSessions: Subject = {
  framework: 'hono',
  name: 'hono-sessions',
  kind: 'peer',
  stores: ['memory'],
  async serve({ sessionBytes }) {
    const { MemoryStore, sessionMiddleware } = await import('hono-sessions')
    const nextVisitor = sampleVisitors(sessionBytes)
    const app = new Hono<{ Variables: { session: import('hono-sessions').Session } }>()
    // Without an encryption key, which would cost another 500 us: its cookie is then the id itself, unsigned.
    const cookieOptions = { path: '/', httpOnly: true, sameSite: 'Lax' }
    app.use(sessionMiddleware({ store: new MemoryStore(), expireAfterSeconds: 86_400, cookieOptions }))
    app.get('/read', (c) => c.json({ email: c.var.session.get('email') ?? null }))
    app.get('/write', (c) => {
      const count = Number(c.var.session.get('count') ?? 0) + 1
      c.var.session.set('count', count)
      return c.json({ count })
    })
    app.get('/plain', (c) => c.json({ ok: true }))
    app.get('/login', (c) => {
      for (const [key, value] of Object.entries(nextVisitor())) c.var.session.set(key, value)
      return c.json({ ok: true })
    })
    return listen(getRequestListener(app.fetch))
  },
}

/** Every server on Hono. */
export const honoSubjects: readonly Subject[] = [bare, floor, ours, honoSessions]

function serveWithoutSessions({ sessionBytes }: Setup, app: Hono): Promise<{ port: number }> {
  const sample = sampleVisitors(sessionBytes)()
  let count = 0
  app.get('/read', (c) => c.json({ email: sample.email }))
  app.get('/write', (c) => c.json({ count: ++count }))
  app.get('/plain', (c) => c.json({ ok: true }))
  app.get('/login', (c) => c.json({ ok: true }))
  return listen(getRequestListener(app.fetch))
}
