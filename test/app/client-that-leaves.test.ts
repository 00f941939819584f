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
