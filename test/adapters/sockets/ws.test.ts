import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { session } from '../../../src/adapters/node.ts'
import { PACES, servingPort, startPaced, type TestStore } from '../harness/paced.ts'

describe.each(PACES)('ws, with a store that answers %s', (pace) => {
  /** Serves `/sign-in` over HTTP, and WebSockets to who has signed in. */
  async function start(): Promise<{ origin: string; store: TestStore }> {
    const { sessions, store } = startPaced(pace)
    const server = createServer(
      session(sessions, (request, response) => {
        request.session.userId = 'ann'
        response.end()
      }),
    )
    const sockets = new WebSocketServer({ noServer: true })
    server.on('upgrade', async (request, socket, head) => {
      try {
        const visitor = await sessions.read(request)
        if (visitor.userId === undefined) socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
        else sockets.handleUpgrade(request, socket, head, (client) => client.send(`hello ${visitor.userId}`))
      } catch {
        socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
      }
    })
    return { origin: `127.0.0.1:${await servingPort(server)}`, store }
  }

  function open(origin: string, cookie = ''): WebSocket {
    const socket = new WebSocket(`ws://${origin}/`, { headers: { cookie } })
    onTestFinished(() => socket.terminate())
    return socket
  }

  async function signIn(origin: string): Promise<string> {
    const response = await fetch(`http://${origin}/`)
    return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }

  test('sessions.read() gives the session of an upgrade, and costs one read [C54]', async () => {
    const { origin, store } = await start()
    const cookie = await signIn(origin)
    store.resetCalls()
    const [message] = await once(open(origin, cookie), 'message')
    expect(String(message)).toBe('hello ann')
    expect(store.calls).toMatchObject({ get: 1, touch: 0, replace: 0 })
  })

  test('nobody is let in without a session [C54]', async () => {
    const { origin } = await start()
    const [error] = await once(open(origin, 'sid=forged'), 'error')
    expect(error.message).toContain('401')
  })

  test('a store that is down lets nobody in [P11]', async () => {
    const { origin, store } = await start()
    const cookie = await signIn(origin)
    store.fail('get')
    const [error] = await once(open(origin, cookie), 'error')
    expect(error.message).toContain('503')
  })
})

test('the session of a socket cannot be changed', async () => {
  const { sessions } = startPaced('at once')
  const visitor = await sessions.read({ headers: { cookie: 'none=1' } })
  expect(() => Reflect.set(visitor, 'userId', 'mallory')).toThrow(
    expect.objectContaining({ code: 'ERR_SESSION_READONLY' }),
  )
})
