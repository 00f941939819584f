import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { built } from './built.ts'
import { ourSessions } from './our-sessions.ts'
import { asSample, SECRET, sampleVisitors } from './sample-session.ts'
import { ALL_STORES, FLOOR, type Setup, type Subject } from './subject.ts'
import { withTickKept } from './tick-kept.ts'

const bare: Subject = {
  framework: 'fastify',
  name: 'bare',
  kind: 'bare',
  stores: ALL_STORES,
  serve: (setup) => serveWithoutSessions(setup, () => {}),
}

const floor: Subject = {
  ...FLOOR,
  framework: 'fastify',
  serve: (setup) =>
    serveWithoutSessions(setup, (app) => {
      app.addHook('onRequest', (_request, _reply, done) => done())
      app.addHook('onSend', (request, reply, _payload, done) => {
        if (request.url !== '/plain') reply.header('vary', 'Cookie')
        done()
      })
    }),
}

const ours: Subject = {
  framework: 'fastify',
  name: 'coatcheck',
  kind: 'ours',
  stores: ALL_STORES,
  async serve(setup) {
    const { session } = await built<typeof import('../../src/adapters/fastify.ts')>('adapters/fastify.js')
    const sessions = await ourSessions(setup)
    return serveWith(setup, async (app) => {
      await app.register(session(sessions))
    })
  },
}

const fastifySession: Subject = {
  framework: 'fastify',
  name: '@fastify/session',
  kind: 'peer',
  stores: ['memory', 'redis'],
  serve: (setup) =>
    serveWith(setup, async (app) => {
      const { default: cookie } = await import('@fastify/cookie')
      const { default: session } = await import('@fastify/session')
      await app.register(cookie)
      // Leaner than its defaults, which save at each request.
      const lean = { secret: SECRET, cookie: { secure: false }, saveUninitialized: false, rolling: false }
      await app.register(
        session,
        setup.store === 'redis' ? { ...lean, store: await redisStore(setup) } : lean,
      )
    }),
}

const secureSession: Subject = {
  framework: 'fastify',
  name: '@fastify/secure-session',
  kind: 'peer',
  stores: ['memory'],
  serve: (setup) =>
    serveWith(setup, async (app) => {
      const { default: secureSession } = await import('@fastify/secure-session')
      const key = createHash('sha256').update(SECRET).digest()
      await app.register(secureSession, { key, cookie: { path: '/', httpOnly: true, secure: false } })
    }),
}

/** Every server on Fastify. */
export const fastifySubjects: readonly Subject[] = [
  bare,
  floor,
  withTickKept(bare),
  ours,
  fastifySession,
  secureSession,
]

/** Stores made for express-session are stores of @fastify/session too. */
async function redisStore({ storeUrl }: Setup): Promise<object> {
  const { RedisStore } = await import('connect-redis')
  const { createClient } = await import('redis')
  return new RedisStore({ client: await createClient({ url: storeUrl }).connect() })
}

async function serveWithoutSessions(
  { sessionBytes }: Setup,
  mount: (app: FastifyInstance) => void,
): Promise<{ port: number }> {
  const { fastify } = await import('fastify')
  const app = fastify()
  const sample = sampleVisitors(sessionBytes)()
  let count = 0
  mount(app)
  app.get('/read', async () => ({ email: sample.email }))
  app.get('/write', async () => ({ count: ++count }))
  app.get('/plain', async () => ({ ok: true }))
  app.get('/login', async () => ({ ok: true }))
  return listen(app)
}

/** The same handlers, whoever puts `request.session` in place. */
async function serveWith(
  setup: Setup,
  mount: (app: FastifyInstance) => Promise<void>,
): Promise<{ port: number }> {
  const { fastify } = await import('fastify')
  const app = fastify()
  const nextVisitor = sampleVisitors(setup.sessionBytes)
  await mount(app)
  app.get('/read', async (request) => {
    const session = asSample(request.session)
    return { email: session.email ?? null }
  })
  app.get('/write', async (request) => {
    const session = asSample(request.session)
    session.count = (session.count ?? 0) + 1
    return { count: session.count }
  })
  app.get('/plain', async () => ({ ok: true }))
  app.get('/login', async (request) => {
    Object.assign(request.session, nextVisitor())
    return { ok: true }
  })
  return listen(app)
}

async function listen(app: FastifyInstance): Promise<{ port: number }> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const [address] = app.addresses()
  if (typeof address !== 'object') throw new Error('Fastify listens on no TCP port.')
  return { port: address.port }
}
