import { describe, expect, test } from 'vitest'
import { testApp } from './serving.ts'

test('fetch hands the runtime’s environment and execution context on to Hono', async () => {
  const app = testApp()
  const waited: unknown[] = []
  const context = {
    waitUntil: (promise: Promise<unknown>): void => void waited.push(promise),
    passThroughOnException: (): void => {},
    props: {},
  }
  app.hono.get('/', (c) => {
    c.executionCtx.waitUntil(Promise.resolve())
    return c.json(c.env)
  })
  const response = await app.fetch(new Request('http://localhost/'), { KEY: '1' }, context)
  expect([response.status, await response.json()]).toEqual([200, { KEY: '1' }])
  expect(waited).toHaveLength(1)
})

describe('what Hono has answered', () => {
  test('is known to the app’s middleware when next() comes back', async () => {
    const app = testApp({ onError: () => {} })
    const seen: unknown[] = []
    app.use(async (_req, res, next) => {
      seen.push([res.statusCode, res.headersSent])
      await next()
      seen.push([res.statusCode, res.headersSent, res.get('content-type')])
    })
    app.hono.get('/made', (c) => c.json({}, 201))
    app.hono.get('/fails', () => {
      throw new Error('a fault')
    })
    await app.request('/made')
    await app.request('/fails')
    expect(seen).toEqual([
      [200, false],
      [201, true, 'application/json'],
      [200, false],
      [500, true, 'application/json; charset=utf-8'],
    ])
  })

  test('is known too where it is Hono’s not-found or error handler', async () => {
    const app = testApp()
    const seen: unknown[] = []
    app.use(async (_req, res, next) => {
      await next()
      seen.push([res.statusCode, res.headersSent])
    })
    app.hono.notFound((c) => c.text('nothing', 410))
    app.hono.onError((_error, c) => c.text('sorry', 418))
    app.get('/fails', () => {
      throw new Error('a fault')
    })
    await app.request('/nowhere')
    await app.request('/fails')
    expect(seen).toEqual([
      [410, true],
      [418, true],
    ])
  })

  test('is left alone by a middleware that answers when nobody has', async () => {
    const app = testApp()
    app.use(async (_req, res, next) => {
      await next()
      if (!res.headersSent) res.status(404).json({ error: 'nothing here' })
    })
    app.hono.get('/made', (c) => c.json({ made: true }, 201))
    const response = await app.request('/made')
    expect([response.status, await response.json()]).toEqual([201, { made: true }])
  })
})
