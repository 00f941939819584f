import { describe, expect, test } from 'vitest'
import {
  type App,
  type AppOptions,
  type ErrorHandler,
  type Handler,
  HttpError,
  type NextFunction,
} from '../../src/app/index.ts'
import type { DefaultData } from '../../src/index.ts'
import { testApp } from './serving.ts'

const BUG = new Error('a fault')

/** Work that fails later. */
async function work(): Promise<unknown> {
  await new Promise((resolve) => setImmediate(resolve))
  throw BUG
}

describe.each<[string, (options: Partial<AppOptions<DefaultData>>) => App]>([
  ['by itself', (options) => testApp(options)],
  [
    'through Hono',
    (options) => {
      const app = testApp(options)
      app.hono.use((_c, next) => next())
      return app
    },
  ],
])('in a request that the app runs %s', (_way, makeApp) => {
  /** Makes an app, and what it reports. */
  function reportingApp(): { app: App; reported: unknown[] } {
    const reported: unknown[] = []
    return { app: makeApp({ onError: (error) => reported.push(error) }), reported }
  }

  test.each<[string, (...args: Parameters<Handler>) => Promise<unknown>]>([
    ['work().catch(next)', (_req, _res, next) => work().catch(next)],
    ['work().then(ok, next)', (_req, res, next) => work().then((value) => res.json(value), next)],
    ['(async () => next(error))()', async (_req, _res, next) => next(await work().catch(() => BUG))],
  ])('%s answers 500, and leaves no promise that rejects', async (_what, run) => {
    const { app, reported } = reportingApp()
    const left: Promise<unknown>[] = []
    app.get('/', (...args) => void left.push(run(...args)))
    expect((await app.request('/')).status).toBe(500)
    expect(reported).toEqual([BUG])
    await expect(Promise.all(left)).resolves.toEqual([undefined])
  })

  test('an error handler may pass its error on from a promise, and leaves none that rejects', async () => {
    const { app, reported } = reportingApp()
    const left: Promise<unknown>[] = []
    const passOn: ErrorHandler = (error, _req, _res, next) =>
      void left.push(Promise.resolve().then(() => next(error)))
    app.use(passOn).get('/', () => {
      throw BUG
    })
    expect((await app.request('/')).status).toBe(500)
    expect(reported).toEqual([BUG])
    await expect(Promise.all(left)).resolves.toEqual([undefined])
  })

  test('errors behind do not come back through await next()', async () => {
    const { app } = reportingApp()
    const seen: unknown[] = []
    app.use(async (_req, res, next) => {
      await next().catch((error) => seen.push(error))
      seen.push(res.statusCode)
    })
    app.get('/', () => {
      throw BUG
    })
    app.hono.get('/hono', () => {
      throw BUG
    })
    for (const path of ['/', '/hono']) expect((await app.request(path)).status).toBe(500)
    expect(seen).toEqual([500, 500])
  })

  test.each<[string, Handler]>([
    [
      'when it has come back',
      async (_req, _res, next) => {
        await next()
        next(BUG)
      },
    ],
    [
      'from a callback, while handlers behind it run',
      (_req, res, next) => {
        next()
        res.locals.whileBehind = () => next(BUG)
      },
    ],
  ])('a middleware that calls next(error) after next(), %s, has thrown it', async (_when, middleware) => {
    const { app, reported } = reportingApp()
    app.use(middleware)
    app.get('/', async (_req, res) => {
      await new Promise((resolve) => setImmediate(resolve))
      const { whileBehind } = res.locals
      if (typeof whileBehind === 'function') whileBehind()
      res.json({})
    })
    expect((await app.request('/')).status).toBe(500)
    expect(reported).toEqual([BUG])
  })

  test('of several errors the first is answered and the others are reported, each once', async () => {
    const { app, reported } = reportingApp()
    const [second, third, late] = [new Error('second'), new Error('third'), new Error('late')]
    let afterwards: NextFunction = () => expect.unreachable()
    app.use(async (_req, _res, next) => {
      afterwards = next
      await next()
      next(new HttpError(402, 'Pay first.'))
      next(second)
      throw third
    })
    app.get('/', (_req, res) => res.json({}))
    expect((await app.request('/')).status).toBe(402)
    expect(reported.splice(0)).toEqual([second, third])
    await afterwards(late)
    expect(reported.splice(0)).toEqual([late])
  })

  test('an error that is given to next() and thrown is one', async () => {
    const { app, reported } = reportingApp()
    app.get('/', (_req, _res, next) => {
      next(BUG)
      throw BUG
    })
    expect((await app.request('/')).status).toBe(500)
    expect(reported).toEqual([BUG])
  })
})
