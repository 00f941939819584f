import { createServer, get, IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import connect from 'connect'
import express, { type ErrorRequestHandler } from 'express'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type SessionMiddleware, session } from '../../src/adapters/express.ts'
import { hearingOf } from '../../src/adapters/late-failure.ts'
import { PACES, servingPort, startPaced } from './harness/paced.ts'
import { silenceConsole } from './harness/silence-console.ts'

silenceConsole()
afterEach(() => void vi.useRealTimers())

/** Lets the events of sockets come in while timers are faked. */
async function settled(isDone: () => boolean): Promise<void> {
  while (!isDone()) await setImmediate()
}

type OnError = (response: ServerResponse) => void

/** An app that writes to its session, with an error handler. */
function onExpress(mount: SessionMiddleware, onError: OnError): RequestListener {
  const handler: ErrorRequestHandler = (_error, _request, response, _next) => onError(response)
  return express().use(mount, write, handler)
}

function onConnect(mount: SessionMiddleware, onError: OnError): RequestListener {
  const handler: connect.ErrorHandleFunction = (_error, _request, response, _next) => onError(response)
  return connect().use(mount).use(write).use(handler)
}

function write(request: IncomingMessage, response: ServerResponse): void {
  Reflect.get(request, 'session').note = 'here'
  response.end('kept')
}

/** Asks an app whose session cannot be saved, with timers faked, and gives what its error handler has to answer with. */
async function askFailing(
  build: typeof onExpress,
  pace: (typeof PACES)[number],
  begin: OnError = () => {},
): Promise<{ asked: Promise<Response>; response: ServerResponse }> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { sessions, store } = startPaced(pace)
  const failed = Promise.withResolvers<ServerResponse>()
  const app = build(session(sessions), (response) => {
    begin(response)
    failed.resolve(response)
  })
  const port = await servingPort(createServer(app))
  store.fail('create', { nth: 1 })
  const asked = fetch(`http://127.0.0.1:${port}/`)
  return { asked, response: await failed.promise }
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

  test('is left to an error handler that has begun to answer', async () => {
    const { asked, response } = await askFailing(onConnect, pace, (answer) => {
      answer.statusCode = 503
      answer.write('sorry, ')
    })
    await vi.advanceTimersByTimeAsync(20_000)
    response.end('it is down')
    expect(await (await asked).text()).toBe('sorry, it is down')
  })
})

test('on Express an error handler may take its time, as it is known to be heard', async () => {
  const { asked, response } = await askFailing(onExpress, 'later')
  await vi.advanceTimersByTimeAsync(60_000)
  response.writeHead(500, { 'content-type': 'text/plain' }).end('it is down')
  expect(await (await asked).text()).toBe('it is down')
})

test('elsewhere an error handler that comes too late says what it likes, and nothing is thrown', async () => {
  const { asked, response } = await askFailing(onConnect, 'later')
  await vi.advanceTimersByTimeAsync(10_100)
  expect((await asked).status).toBe(503)
  expect(() => {
    response.setHeader('x-late', '1')
    response.appendHeader('x-late', '2').removeHeader('x-late')
    response.writeHead(500, { 'content-type': 'text/plain' }).end('it is down')
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

test.each([
  ['Express', { app: {} }, 'heard'],
  ['Connect, h3 and what else there is', {}, 'perhaps heard'],
  ['@fastify/middie', { ips: [] }, 'harmful'],
  ['@fastify/middie, where something has set req.app', { ips: [], app: {} }, 'harmful'],
  ['a router of Express in @fastify/express', { ips: [], app: {}, next }, 'perhaps heard'],
])('on %s a second call of next is as it is known to be', (_framework, marks, hearing) => {
  expect(hearingOf(Object.assign(new IncomingMessage(new Socket()), marks), next)).toBe(hearing)
})

function next(): void {}
