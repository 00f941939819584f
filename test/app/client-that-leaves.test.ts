import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Handler } from '../../src/app/index.ts'
import { serve, testApp } from './serving.ts'

const answers: readonly [string, Handler][] = [
  ['json', (_req, res) => res.json({ hello: 'world' })],
  ['text and a header', (_req, res) => res.set('x-a', 'b').text('hello')],
  ['a Response', () => new Response('hello', { headers: { 'content-length': '5' } })],
]
const requests: readonly [string, string][] = [
  ['before its answer', 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n'],
  ['amid an upload', 'POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\n{"a":'],
]
const cases = answers.flatMap(([what, answer]) =>
  requests.map(([when, request]) => ({ what, answer, when, request })),
)

test.each(cases)('a client that leaves $when, answered with $what, is nothing to report', async (one) => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => print.mockRestore())
  const told: unknown[] = []
  const app = testApp({ onError: (error) => told.push(error) })
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  app.all('/', async (req, res, next) => {
    const left = new Promise((resolve) => req.raw.signal.addEventListener('abort', resolve))
    asked.resolve()
    await left
    setImmediate(answered.resolve)
    return one.answer(req, res, next)
  })
  const { port, hostname } = new URL(await serve(app))
  const client = connect(Number(port), hostname)
  client.write(one.request)
  await asked.promise
  client.destroy()
  await answered.promise
  // What there is to tell of an answer is told in the turns after it.
  for (let turns = 0; turns < 5; turns++) await turn()
  expect([told, print.mock.calls]).toEqual([[], []])
})

test.each<[string, () => unknown]>([
  ['a Response', () => new Response('x'.repeat(100_000))],
  ['a stream', () => new Blob(['x'.repeat(100_000)]).stream()],
])(
  'a client that leaves with requests in line, answered with %s, is nothing to report',
  async (_what, body) => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    const told: unknown[] = []
    const app = testApp({ onError: (error) => told.push(error) })
    const asked = Promise.withResolvers<void>()
    const left = Promise.withResolvers<void>()
    let [count, open] = [0, 3]
    app.get('/', async (req, res) => {
      req.raw.signal.addEventListener('abort', () => {
        if (--open === 0) left.resolve()
      })
      if (++count === 3) asked.resolve()
      await left.promise
      const answer = body()
      return answer instanceof Response ? answer : res.send(answer)
    })
    const { port, hostname } = new URL(await serve(app))
    const client = connect(Number(port), hostname)
    client.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n'.repeat(3))
    await asked.promise
    client.destroy()
    await left.promise
    for (let turns = 0; turns < 10; turns++) await turn()
    expect(told).toEqual([])
  },
)

test('a stream that is sent on and breaks off as a client does is reported', async () => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => print.mockRestore())
  const told: unknown[] = []
  const app = testApp({ onError: (error) => told.push(error) })
  const reset = Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
  app.get('/', () => {
    const chunks = [new Uint8Array(9)]
    const pull = (controller: ReadableStreamDefaultController): void => {
      const chunk = chunks.pop()
      if (chunk === undefined) controller.error(reset)
      else controller.enqueue(chunk)
    }
    return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }))
  })
  const { port, hostname } = new URL(await serve(app))
  const client = connect(Number(port), hostname)
  onTestFinished(() => void client.destroy())
  client.on('error', () => {})
  client.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n'.repeat(2))
  await vi.waitFor(() => expect(told).not.toEqual([]))
  expect(new Set(told)).toEqual(new Set([reset]))
})
