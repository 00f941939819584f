import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import { testApp } from './serving.ts'

type AnyHandler = (req: unknown, res: { json(value: unknown): unknown }) => unknown

/** Lets a handler answer that no type checker has seen, and tells what the app reported. */
async function answerOf(
  handler: AnyHandler,
  method: 'get' | 'use' = 'get',
): Promise<{ response: Response; reported: unknown[] }> {
  const reported: unknown[] = []
  // Nobody waits that long: what is answered here is answered at once.
  const app = testApp({ onError: (error) => reported.push(error), answerTimeout: '1h' })
  Reflect.apply(app[method], app, ['/page', handler])
  return { response: await app.request('/page'), reported }
}

describe('a handler that returns what is no answer, and has given none,', () => {
  test.each<[string, unknown]>([
    ['an object', { visits: 1 }],
    ['an object', {}],
    ['an object', Object.create(null)],
    ['an array', [1, 2]],
    ['a text', 'hello'],
  ])('%s, is a 500 at once that says how to answer: %j', async (kind, value) => {
    for (const method of ['get', 'use'] as const) {
      const { response, reported } = await answerOf(() => value, method)
      expect([response.status, await response.json()]).toEqual([500, { error: 'Internal Server Error' }])
      expect(reported).toHaveLength(1)
      expect(reported[0]).toHaveProperty(
        'message',
        `GET /page: a handler had neither answered nor called next() when it returned ${kind}; to answer with that, write return res.json(value). Call res.json(), res.send() or another answer, return a Response, or call next().`,
      )
    }
  })
})

describe('a handler that returns what a call gave it may answer later:', () => {
  test.each<[string, () => unknown]>([
    ['a number', () => 7],
    ['a boolean', () => true],
    ['null', () => null],
    ['a timer', () => setTimeout(() => {}, 0)],
    ['an instance of a class', () => new EventEmitter()],
    ['a map', () => new Map()],
    ['a function', () => () => {}],
    ['an object of functions', () => ({ cancel: () => {} })],
  ])('%s', async (_kind, value) => {
    const { response } = await answerOf((_req, res) => {
      setImmediate(() => res.json({ late: true }))
      return value()
    })
    expect(await response.json()).toEqual({ late: true })
  })
})

test('a handler that has answered may return anything', async () => {
  const { response } = await answerOf((_req, res) => {
    res.json({ visits: 1 })
    return { visits: 2 }
  })
  expect(await response.json()).toEqual({ visits: 1 })
})
