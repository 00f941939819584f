import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, request as send } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { expect, onTestFinished, test, vi } from 'vitest'
import { session as onExpress } from '../../src/adapters/express.ts'
import { session as onFastify } from '../../src/adapters/fastify.ts'
import { session as onKoa } from '../../src/adapters/koa.ts'
import { session as onNode } from '../../src/adapters/node.ts'
import { createApp } from '../../src/app/index.ts'
import { createSessions, type Sessions } from '../../src/core/sessions.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { SECRET } from '../engine/start.ts'

function sessions(): Sessions {
  return createSessions({ secret: SECRET, store: new MemorySessionStore(), cookie: { secure: true } })
}

/** Sends a request for a host of its own, as a browser elsewhere would, and waits for the answer. */
async function visit(port: number): Promise<IncomingMessage> {
  const [response] = await once(
    send({ port, host: '127.0.0.1', headers: { host: 'shop.example' } }).end(),
    'response',
  )
  return response.resume()
}

/** Servers that hand a cookie out to everybody; each gives its port. */
const SERVERS: Record<string, () => Promise<number>> = {
  'node:http': () =>
    listening(
      createServer(
        onNode(sessions(), (req, res) => {
          req.session.a = 1
          res.end()
        }),
      ).listen(0, '127.0.0.1'),
    ),
  Express: () => {
    const app = express().use(onExpress(sessions()))
    app.get('/', (req, res) => {
      req.session.a = 1
      res.end()
    })
    return listening(app.listen(0, '127.0.0.1'))
  },
  Koa: () => {
    const app = new Koa().use(onKoa(sessions()))
    app.use((context) => {
      context.session.a = 1
      context.body = 'ok'
    })
    return listening(app.listen(0, '127.0.0.1'))
  },
  Fastify: async () => {
    const app = fastify()
    await app.register(onFastify(sessions()))
    app.get('/', (request) => {
      request.session.a = 1
      return {}
    })
    onTestFinished(() => app.close())
    await app.listen({ port: 0, host: '127.0.0.1' })
    return listening(app.server)
  },
  createApp: async () => {
    const app = createApp({ sessionSecret: SECRET, secureCookies: true })
    app.get('/', (req, res) => {
      req.session.a = 1
      return res.end()
    })
    onTestFinished(() => app.close())
    return (await app.listen(0, '127.0.0.1')).port
  },
}

async function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close())
  if (!server.listening) await once(server, 'listening')
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

test.each(Object.entries(SERVERS))(
  '%s warns of a cookie that gets lost over plain http [C50]',
  async (_name, serve) => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
    onTestFinished(() => warned.mockRestore())
    const { headers } = await visit(await serve())
    expect(headers['set-cookie']?.[0]).toContain('; Secure')
    expect(warned.mock.calls).toEqual([
      [expect.stringContaining('nobody keeps a session'), 'CoatcheckWarning'],
    ])
  },
)
