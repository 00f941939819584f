import type { Express, RequestHandler } from 'express'
import type { Store } from 'express-session'
import { built } from './built.ts'
import { listen } from './listening.ts'
import { ourSessions } from './our-sessions.ts'
import { asSample, SECRET, sampleVisitors } from './sample-session.ts'
import { ALL_STORES, FLOOR, type Setup, type Subject } from './subject.ts'
import { withTickKept } from './tick-kept.ts'

const bare: Subject = {
  framework: 'express',
  name: 'bare',
  kind: 'bare',
  stores: ALL_STORES,
  serve: async (setup) => serveWithoutSessions(setup, await createExpress()),
}

const floor: Subject = {
  ...FLOOR,
  framework: 'express',
  async serve(setup) {
    const app = await createExpress()
    app.use((request, response, next) => {
      if (request.url !== '/plain') response.setHeader('vary', 'Cookie')
      next()
    })
    return serveWithoutSessions(setup, app)
  },
}

const ours: Subject = {
  framework: 'express',
  name: 'coatcheck',
  kind: 'ours',
  stores: ALL_STORES,
  async serve(setup) {
    const { session } = await built<typeof import('../../src/adapters/express.ts')>('adapters/express.js')
    return serveWith(setup, session(await ourSessions(setup)))
  },
}

/** express-session with one of its stores. */
function expressSession(
  name: string,
  store: Subject['stores'][number],
  open: (setup: Setup) => Promise<Store | undefined>,
): Subject {
  return {
    framework: 'express',
    name,
    kind: 'peer',
    stores: [store],
    async serve(setup) {
      const { default: session } = await import('express-session')
      const opened = await open(setup)
      // Its own advice for stores that have touch(), and the least work.
      const lean = { secret: SECRET, resave: false, saveUninitialized: false }
      return serveWith(setup, session(opened === undefined ? lean : { ...lean, store: opened }))
    },
  }
}

const peers: readonly Subject[] = [
  expressSession('express-session, MemoryStore', 'memory', async () => undefined),
  expressSession('express-session, memorystore', 'memory', async () => {
    const { default: session } = await import('express-session')
    const { default: createMemoryStore } = await import('memorystore')
    return new (createMemoryStore(session))({ checkPeriod: 86_400_000 })
  }),
  expressSession('express-session, connect-redis', 'redis', async ({ storeUrl }) => {
    const { RedisStore } = await import('connect-redis')
    const { createClient } = await import('redis')
    return new RedisStore({ client: await createClient({ url: storeUrl }).connect() })
  }),
  expressSession('express-session, connect-pg-simple', 'postgres', async ({ storeUrl }) => {
    const { default: session } = await import('express-session')
    const { default: connectPgSimple } = await import('connect-pg-simple')
    const { default: pg } = await import('pg')
    const pool = new pg.Pool({ connectionString: storeUrl })
    return new (connectPgSimple(session))({ pool, createTableIfMissing: true })
  }),
]

/** Every server on Express. */
export const expressSubjects: readonly Subject[] = [bare, floor, withTickKept(bare), ours, ...peers]

async function createExpress(): Promise<Express> {
  const { default: express } = await import('express')
  return express()
}

function serveWithoutSessions({ sessionBytes }: Setup, app: Express): Promise<{ port: number }> {
  const sample = sampleVisitors(sessionBytes)()
  let count = 0
  app.get('/read', (_request, response) => void response.json({ email: sample.email }))
  app.get('/write', (_request, response) => void response.json({ count: ++count }))
  app.get('/plain', (_request, response) => void response.json({ ok: true }))
  app.get('/login', (_request, response) => void response.json({ ok: true }))
  return listen(app)
}

/** The same handlers, whoever puts `request.session` in place. */
async function serveWith(setup: Setup, middleware: RequestHandler): Promise<{ port: number }> {
  const app = await createExpress()
  const nextVisitor = sampleVisitors(setup.sessionBytes)
  app.use(middleware)
  app.get('/read', (request, response) => {
    const session = asSample(request.session)
    response.json({ email: session.email ?? null })
  })
  app.get('/write', (request, response) => {
    const session = asSample(request.session)
    session.count = (session.count ?? 0) + 1
    response.json({ count: session.count })
  })
  app.get('/plain', (_request, response) => void response.json({ ok: true }))
  app.get('/login', (request, response) => {
    Object.assign(request.session, nextVisitor())
    response.json({ ok: true })
  })
  return listen(app)
}
