import type Koa from 'koa'
import { built } from './built.ts'
import { listen } from './listening.ts'
import { ourSessions } from './our-sessions.ts'
import { asSample, SECRET, sampleVisitors } from './sample-session.ts'
import { ALL_STORES, FLOOR, type Setup, type Subject } from './subject.ts'
import { withTickKept } from './tick-kept.ts'

const bare: Subject = {
  framework: 'koa',
  name: 'bare',
  kind: 'bare',
  stores: ALL_STORES,
  serve: async (setup) => serveWithoutSessions(setup, await createKoa()),
}

const floor: Subject = {
  ...FLOOR,
  framework: 'koa',
  async serve(setup) {
    const app = await createKoa()
    app.use(async (ctx, next) => {
      await next()
      if (ctx.url !== '/plain') ctx.set('vary', 'Cookie')
    })
    return serveWithoutSessions(setup, app)
  },
}

const ours: Subject = {
  framework: 'koa',
  name: 'coatcheck',
  kind: 'ours',
  stores: ALL_STORES,
  async serve(setup) {
    const { session } = await built<typeof import('../../src/adapters/koa.ts')>('adapters/koa.js')
    const app = await createKoa()
    app.use(session(await ourSessions(setup)))
    return serveWith(setup, app)
  },
}

const koaSession: Subject = {
  framework: 'koa',
  name: 'koa-session, external store',
  kind: 'peer',
  stores: ['memory'],
  async serve(setup) {
    const { default: createSession } = await import('koa-session')
    const app = await createKoa()
    app.keys = [SECRET]
    const sessions = new Map<string, unknown>()
    const store = {
      get: async (key: string) => sessions.get(key),
      set: async (key: string, session: unknown) => void sessions.set(key, session),
      destroy: async (key: string) => void sessions.delete(key),
    }
    app.use(createSession({ store }, app))
    return serveWith(setup, app)
  },
}

/** Every server on Koa. */
export const koaSubjects: readonly Subject[] = [bare, floor, withTickKept(bare), ours, koaSession]

async function createKoa(): Promise<Koa> {
  const { default: Application } = await import('koa')
  return new Application()
}

function serveWithoutSessions({ sessionBytes }: Setup, app: Koa): Promise<{ port: number }> {
  const sample = sampleVisitors(sessionBytes)()
  let count = 0
  app.use((ctx) => {
    if (ctx.path === '/read') ctx.body = { email: sample.email }
    else if (ctx.path === '/write') ctx.body = { count: ++count }
    else ctx.body = { ok: true }
  })
  return listen(app.callback())
}

/** The same handlers, whoever puts `ctx.session` in place. */
function serveWith(setup: Setup, app: Koa): Promise<{ port: number }> {
  const nextVisitor = sampleVisitors(setup.sessionBytes)
  app.use((ctx) => {
    if (ctx.path === '/plain') {
      ctx.body = { ok: true }
      return
    }
    const session = asSample(ctx.session)
    if (ctx.path === '/read') {
      ctx.body = { email: session.email ?? null }
    } else if (ctx.path === '/login') {
      Object.assign(session, nextVisitor())
      ctx.body = { ok: true }
    } else {
      session.count = (session.count ?? 0) + 1
      ctx.body = { count: session.count }
    }
  })
  return listen(app.callback())
}
