import { describe, expect, test } from 'vitest'
import type { App, AppOptions, ErrorHandler, Handler } from '../../src/app/index.ts'
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
})
