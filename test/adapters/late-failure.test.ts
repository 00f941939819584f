import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import connect from 'connect'
import express, { type ErrorRequestHandler } from 'express'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { session } from '../../src/adapters/express.ts'
import { PACES, servingPort, startPaced } from './harness/paced.ts'
import { silenceConsole } from './harness/silence-console.ts'

silenceConsole()
afterEach(() => void vi.useRealTimers())

/** Lets the events of sockets come in while timers are faked. */
async function settled(isDone: () => boolean): Promise<void> {
  while (!isDone()) await setImmediate()
}

describe.each(PACES)('a session that cannot be saved, with a store that answers %s,', (pace) => {
  test('is a 503 within ten seconds where nobody hears of it, as in a promise around the middleware [P2] [P11]', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { sessions, store } = startPaced(pace)
    const mount = session(sessions)
    let ended = false
    // As h3, koa-connect and Hapi's users do it.
    const server = createServer(async (request, response) => {
      await new Promise<void>((resolve, reject) =>
        mount(request, response, (error) => (error === undefined ? resolve() : reject(error))),
      )
      Reflect.get(request, 'session').note = 'here'
      response.end('kept')
      ended = true
    })
    const port = await servingPort(server)
    store.fail('create', { nth: 1 })
    let status = 0
    const asked = fetch(`http://127.0.0.1:${port}/`).then((response) => {
      status = response.status
      return response
    })
    await settled(() => ended)
    for (let turn = 0; turn < 20; turn++) await setImmediate()
    await vi.advanceTimersByTimeAsync(9_900)
    expect(status).toBe(0)
    await vi.advanceTimersByTimeAsync(200)
    const response = await asked
    expect([status, response.headers.getSetCookie()]).toEqual([503, []])
    expect(await response.json()).toEqual({ error: 'The session store is not available. Try again shortly.' })
  })

  test('is left to an error handler that has answered, or has begun to', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { sessions, store } = startPaced(pace)
    const app = express().use(session(sessions))
    app.get('/', (request, response) => {
      request.session.note = 'here'
      response.end('kept')
    })
    let failed: ServerResponse | undefined
    const own: ErrorRequestHandler = (_error, _request, response, _next) => {
      response.status(503).write('sorry, ')
      failed = response
    }
    app.use(own)
    const port = await servingPort(createServer(app))
    store.fail('create', { nth: 1 })
    const asked = fetch(`http://127.0.0.1:${port}/`)
    await settled(() => failed !== undefined)
    await vi.advanceTimersByTimeAsync(20_000)
    failed?.end('it is down')
    expect(await (await asked).text()).toBe('sorry, it is down')
  })
})

test('on Express an error handler may take its time, as it is known to be heard', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { sessions, store } = startPaced('later')
  const app = express().use(session(sessions))
  app.get('/', (request, response) => {
    request.session.note = 'here'
    response.end('kept')
  })
  let failed: ServerResponse | undefined
  const slow: ErrorRequestHandler = (_error, _request, response, _next) => {
    failed = response
  }
  app.use(slow)
  const port = await servingPort(createServer(app))
  store.fail('create', { nth: 1 })
  const asked = fetch(`http://127.0.0.1:${port}/`)
  await settled(() => failed !== undefined)
  await vi.advanceTimersByTimeAsync(60_000)
  failed?.writeHead(500, { 'content-type': 'text/plain' }).end('it is down')
  expect(await (await asked).text()).toBe('it is down')
})

test('elsewhere an error handler that comes too late says what it likes, and nothing is thrown', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { sessions, store } = startPaced('later')
  const app = connect().use(session(sessions))
  app.use((request, response) => {
    Reflect.get(request, 'session').note = 'here'
    response.end('kept')
  })
  let failed: ServerResponse | undefined
  const slow: connect.ErrorHandleFunction = (_error, _request, response, _next) => {
    failed = response
  }
  app.use(slow)
  const port = await servingPort(createServer(app))
  store.fail('create', { nth: 1 })
  const asked = fetch(`http://127.0.0.1:${port}/`)
  await settled(() => failed !== undefined)
  await vi.advanceTimersByTimeAsync(10_100)
  expect((await asked).status).toBe(503)
  expect(() => {
    failed?.setHeader('x-late', '1')
    failed?.appendHeader('x-late', '2').removeHeader('x-late')
    failed?.writeHead(500, { 'content-type': 'text/plain' }).end('it is down')
  }).not.toThrow()
})

test.each(['before', 'after'])('who goes %s the save fails is answered nothing', async (when) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const shown = vi.spyOn(console, 'error').mockClear()
  const { sessions, store } = startPaced('later')
  const mount = session(sessions)
  let left: Promise<unknown> | undefined
  let calls = 0
  const server = createServer((request: IncomingMessage, response) => {
    left = new Promise((resolve) => response.once('close', resolve))
    mount(request, response, () => {
      if (++calls > 1) return
      Reflect.get(request, 'session').note = 'here'
      response.end('kept')
    })
  })
  const port = await servingPort(server)
  store.fail('create', { nth: 1 })
  const gate = store.hold('create')
  const asked = get(`http://127.0.0.1:${port}/`)
  asked.on('error', () => {}) // that it is given up
  await gate.reached
  if (when === 'after') {
    gate.release()
    await settled(() => calls === 2)
  }
  asked.destroy()
  await left
  gate.release()
  await settled(() => calls === 2)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(shown).not.toHaveBeenCalled()
})
