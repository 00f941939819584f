import { expect, test } from 'vitest'
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
