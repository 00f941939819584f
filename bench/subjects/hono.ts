import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { SessionEnv } from '../../src/adapters/hono.ts'
import type { SessionRequest } from '../../src/adapters/node.ts'
import type { Session } from '../../src/index.ts'
import { built } from './built.ts'
import { listen } from './listening.ts'
import { ourSessions } from './our-sessions.ts'
import { type SampleData, sampleVisitors } from './sample-session.ts'
import { ALL_STORES, AT_NODE, FLOOR, type Setup, type Subject } from './subject.ts'
import { withTickKept } from './tick-kept.ts'

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
    const app = new Hono<SessionEnv<SampleData>>()
    app.use(session(await ourSessions(setup)))
    addRoutes(setup, app, (c) => c.var.session)
    return listen(getRequestListener(app.fetch))
  },
}

/** Mounted below Hono, which then has no middleware. */
const oursAtNode: Subject = {
  framework: 'hono',
  name: AT_NODE,
  kind: 'ours',
  stores: ['memory'],
  async serve(setup) {
    const { session } = await built<typeof import('../../src/adapters/node.ts')>('adapters/node.js')
    const app = new Hono<{ Bindings: { incoming: SessionRequest<SampleData> } }>()
    addRoutes(setup, app, (c) => c.env.incoming.session)
    return listen(session(await ourSessions(setup), getRequestListener(app.fetch)))
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
export const honoSubjects: readonly Subject[] = [
  bare,
  floor,
  withTickKept(bare),
  ours,
  oursAtNode,
  honoSessions,
]

function addRoutes<Env extends object>(
  { sessionBytes }: Setup,
  app: Hono<Env>,
  sessionOf: (c: Context<Env>) => Session<SampleData>,
): void {
  const nextVisitor = sampleVisitors(sessionBytes)
  app.get('/read', (c) => c.json({ email: sessionOf(c).email ?? null }))
  app.get('/write', (c) => {
    const session = sessionOf(c)
    session.count = (session.count ?? 0) + 1
    return c.json({ count: session.count })
  })
  app.get('/plain', (c) => c.json({ ok: true }))
  app.get('/login', (c) => {
    Object.assign(sessionOf(c), nextVisitor())
    return c.json({ ok: true })
  })
}

function serveWithoutSessions({ sessionBytes }: Setup, app: Hono): Promise<{ port: number }> {
  const sample = sampleVisitors(sessionBytes)()
  let count = 0
  app.get('/read', (c) => c.json({ email: sample.email }))
  app.get('/write', (c) => c.json({ count: ++count }))
  app.get('/plain', (c) => c.json({ ok: true }))
  app.get('/login', (c) => c.json({ ok: true }))
  return listen(getRequestListener(app.fetch))
}
