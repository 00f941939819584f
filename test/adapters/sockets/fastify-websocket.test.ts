import { once } from 'node:events'
import { type IncomingMessage, ServerResponse } from 'node:http'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { session } from '../../../src/adapters/fastify.ts'
import type { Sessions } from '../../../src/index.ts'
import { portFrom } from '../harness/listen.ts'
import { PACES, startPaced } from '../harness/paced.ts'

declare module 'fastify' {
  interface FastifyRequest {
    ws?: boolean
  }
}

/** How a request shows that it is an upgrade: by what Node says of it, or by what @fastify/websocket does, as for one injected in tests. */
const SHOWN_BY = ['Node', 'the plugin'] as const

type OnMessage = (request: FastifyRequest) => string | Promise<string>

/** Gives upgrades their route as @fastify/websocket does: with a response of their own, on the socket. */
function routeUpgrades(app: FastifyInstance, shownBy: (typeof SHOWN_BY)[number], onMessage: OnMessage): void {
  const sockets = new WebSocketServer({ noServer: true })
  onTestFinished(() => void sockets.close())
  app.addHook('onRequest', (request, _reply, done) => {
    request.ws = shownBy === 'the plugin' && request.url === '/socket'
    done()
  })
  const heads = new WeakMap<IncomingMessage, Buffer>()
  app.server.on('upgrade', (raw, _socket, head) => {
    heads.set(raw, head)
    if (shownBy === 'the plugin') Reflect.set(raw, 'upgrade', null)
    const response = new ServerResponse(raw)
    response.assignSocket(raw.socket)
    app.routing(raw, response)
  })
  app.get('/socket', (request, reply) => {
    const { raw } = request
    reply.hijack()
    sockets.handleUpgrade(raw, raw.socket, heads.get(raw) ?? Buffer.alloc(0), (client) => {
      client.on('message', async () => client.send(await onMessage(request)))
    })
  })
}

describe.each(PACES)('a socket of a Fastify route, with a store that answers %s', (pace) => {
  describe.each(SHOWN_BY)('known by %s', (shownBy) => {
    async function start(
      onMessage: OnMessage,
    ): Promise<{ port: number; sessions: Sessions; cookie: string }> {
      const { sessions } = startPaced(pace)
      const app = fastify({ forceCloseConnections: true })
      onTestFinished(() => app.close())
      app.register(session(sessions))
      app.get('/', (request) => {
        request.session.visits = 1
        return {}
      })
      routeUpgrades(app, shownBy, onMessage)
      await app.listen({ port: 0, host: '127.0.0.1' })
      const port = portFrom(app.server.address())
      const [cookie = ''] = (await fetch(`http://127.0.0.1:${port}/`)).headers.getSetCookie()
      return { port, sessions, cookie: cookie.split(';')[0] ?? '' }
    }

    async function say(port: number, cookie: string): Promise<string> {
      const client = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers: { cookie } })
      onTestFinished(() => client.terminate())
      await once(client, 'open')
      client.send('hello')
      const [message] = await once(client, 'message')
      return String(message)
    }

    test('saves what its handlers change [P3]', async () => {
      const { port, sessions, cookie } = await start(({ session }) => {
        session.visits = (session.visits ?? 0) + 1
        return String(session.visits)
      })
      expect(await say(port, cookie)).toBe('2')
      await vi.waitFor(async () => expect((await sessions.read(cookie)).toJSON()).toEqual({ visits: 2 }))
    })

    test('cannot give its session a new id, and leaves it alive [P2]', async () => {
      const { port, sessions, cookie } = await start(async ({ session }) => {
        try {
          await session.regenerate()
          return 'done'
        } catch (error) {
          return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
        }
      })
      expect(await say(port, cookie)).toBe('ERR_HEADERS_SENT')
      expect((await sessions.read(cookie)).toJSON()).toEqual({ visits: 1 })
    })
  })
})
