import { createServer } from 'node:http'
import Koa from 'koa'
import { describe, expect, test, vi } from 'vitest'
import { session } from '../../../src/adapters/koa.ts'
import { StoreError } from '../../../src/core/errors.ts'
import { AdapterVisitor } from '../../../src/testing/adapter-visitor.ts'
import { PACES, servingPort, startPaced, type TestStore } from '../harness/paced.ts'

describe.each(PACES)('on Koa, with a store that answers %s', (pace) => {
  async function start(
    build: (app: Koa) => void,
    above?: Koa.Middleware,
  ): Promise<{ visitor: AdapterVisitor; store: TestStore }> {
    const { sessions, store } = startPaced(pace)
    const app = new Koa()
    if (above !== undefined) app.use(above)
    app.use(session(sessions))
    build(app)
    const port = await servingPort(createServer(app.callback()))
    return { visitor: new AdapterVisitor({ origin: `http://127.0.0.1:${port}`, close: () => {} }), store }
  }

  test("a failed save is told to the app's error event, and the client sees a 503 [P2] [P11]", async () => {
    const told = vi.fn()
    const { visitor, store } = await start((app) => {
      app.on('error', told)
      app.use((ctx) => {
        ctx.session.visits = 1
        ctx.set('location', '/made')
        ctx.body = { done: true }
      })
    })
    store.fail('create')
    const reply = await visitor.visit('/')
    expect([reply.status, reply.headers.get('location'), reply.setCookies]).toEqual([503, null, []])
    expect(told).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' }),
      expect.anything(),
    )
  })

  test('a failed save is answered with what middleware has said beside the outcome, such as CORS [P2] [P11]', async () => {
    const { visitor, store } = await start((app) => {
      app.silent = true
      app.use((ctx) => {
        ctx.set({ 'access-control-allow-origin': 'https://spa.example', vary: 'Origin', etag: '"made"' })
        ctx.session.visits = 1
        ctx.body = { done: true }
      })
    })
    store.fail('create')
    const { status, headers } = await visitor.visit('/')
    const shown = ['access-control-allow-origin', 'vary', 'etag'].map((name) => headers.get(name))
    expect([status, ...shown]).toEqual([503, 'https://spa.example', 'Origin', null])
  })

  test('one error that two requests fail with takes no headers of the one to the other [P11]', async () => {
    const failure = new StoreError('ERR_STORE_UNAVAILABLE', 'out of order', {
      store: 'a',
      operation: 'create',
    })
    const { visitor, store } = await start((app) => {
      app.silent = true
      app.use((ctx) => {
        ctx.set('access-control-allow-origin', ctx.get('origin'))
        ctx.session.visits = 1
        ctx.body = { done: true }
      })
    })
    store.fail('create', { error: failure })
    const origins = ['https://one.example', 'https://two.example']
    for (const origin of origins) {
      const { headers } = await visitor.visit('/', { headers: { origin } })
      expect(headers.get('access-control-allow-origin')).toBe(origin)
    }
  })

  test('middleware further up catches a failed load [P11]', async () => {
    const { visitor, store } = await start(
      (app) => {
        app.use((ctx) => {
          ctx.session.visits = 1
          ctx.body = {}
        })
      },
      async (ctx, next) => {
        try {
          await next()
        } catch (error) {
          ctx.status = 503
          ctx.body = { sorry: Reflect.get(Object(error), 'code') }
        }
      },
    )
    await visitor.visit('/')
    store.fail('get')
    const reply = await visitor.visit('/')
    expect([reply.status, reply.body]).toEqual([503, '{"sorry":"ERR_STORE_UNAVAILABLE"}'])
  })

  test('ctx.throw clears the headers, and the cookie is there all the same [P2]', async () => {
    const { visitor } = await start((app) => {
      app.silent = true
      app.use((ctx) => {
        if (ctx.path === '/look') {
          ctx.body = ctx.session
          return
        }
        ctx.session.attempts = 1
        ctx.throw(403, 'no')
      })
    })
    expect((await visitor.visit('/')).status).toBe(403)
    expect(await visitor.json('/look')).toEqual({ attempts: 1 })
  })

  test.each([
    [
      'set to null',
      (ctx: Koa.Context) => {
        ctx.session = null
      },
    ],
    ['deleted', (ctx: Koa.Context) => void Reflect.deleteProperty(ctx, 'session')],
  ])('ctx.session %s ends the session', async (_how, end) => {
    const { visitor } = await start((app) => {
      app.use((ctx) => {
        if (ctx.path === '/leave') end(ctx)
        else ctx.session.visits = 1
        ctx.body = {}
      })
    })
    await visitor.json('/')
    await visitor.json('/leave')
    expect(visitor.cookieHeader).toBe('')
  })

  test('further up, ctx.session is the one mounted there', async () => {
    const outer = startPaced(pace).sessions
    const inner = startPaced(pace).sessions
    const seen: unknown[] = []
    const app = new Koa()
    app.use(session(outer))
    app.use(async (ctx, next) => {
      ctx.session.who = 'outer'
      await next()
      seen.push(ctx.session.who)
    })
    app.use(session(inner))
    app.use((ctx) => {
      seen.push(ctx.session.who)
      ctx.body = {}
    })
    const port = await servingPort(createServer(app.callback()))
    await fetch(`http://127.0.0.1:${port}/`)
    expect(seen).toEqual([undefined, 'outer'])
  })

  test('ctx.session is the one mounted further up again when what is further down has thrown', async () => {
    const other = startPaced(pace, { cookie: { name: 'other' } })
    const { visitor } = await start((app) => {
      app.use(async (ctx, next) => {
        ctx.session.who = 'outer'
        try {
          await next()
        } catch {
          ctx.body = ctx.session
        }
      })
      app.use(session(other.sessions))
      app.use((ctx) => {
        ctx.session.who = 'inner'
        throw new Error('thrown on purpose')
      })
    })
    expect(await visitor.json('/')).toEqual({ who: 'outer' })
  })
})
