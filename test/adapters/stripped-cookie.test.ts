import { createServer, type RequestListener } from 'node:http'
import express from 'express'
import { fastify } from 'fastify'
import Koa from 'koa'
import { expect, test } from 'vitest'
import { session as onExpress } from '../../src/adapters/express.ts'
import { session as onFastify } from '../../src/adapters/fastify.ts'
import { session as onKoa } from '../../src/adapters/koa.ts'
import { session as onNode } from '../../src/adapters/node.ts'
import { createSessions, type Session, type Sessions } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { AdapterVisitor } from '../../src/testing/adapter-visitor.ts'
import { servingPort } from './harness/paced.ts'

/** Counts in the session, after the request was stripped of its cookies, as a proxy does before it passes it on. */
function count(headers: { cookie?: string | undefined }, session: Session): { visits: number } {
  delete headers.cookie
  session.visits = (session.visits ?? 0) + 1
  return { visits: session.visits }
}

const BUILDS: Record<string, (sessions: Sessions) => RequestListener | Promise<RequestListener>> = {
  Express: (sessions) =>
    express().use(
      onExpress(sessions),
      (request, response) => void response.json(count(request.headers, request.session)),
    ),
  Fastify: async (sessions) => {
    const app = fastify()
    await app.register(onFastify(sessions))
    app.get('/', async (request) => count(request.headers, request.session))
    await app.ready()
    return app.routing
  },
  Koa: (sessions) =>
    new Koa()
      .use(onKoa(sessions))
      .use((context) => {
        context.body = count(context.req.headers, context.session)
      })
      .callback(),
  'node:http': (sessions) =>
    onNode(sessions, (request, response) => {
      response.end(JSON.stringify(count(request.headers, request.session)))
    }),
}

test.each(Object.entries(BUILDS))(
  '%s: the session is the one of the cookie that came, whatever becomes of the header',
  async (_name, build) => {
    const store = new MemorySessionStore()
    const sessions = createSessions({ secret: 'stripped-cookie-0123456789-abcdefghij', store })
    const port = await servingPort(createServer(await build(sessions)))
    const visitor = new AdapterVisitor({ origin: `http://127.0.0.1:${port}`, close: () => {} })
    expect(await visitor.json('/')).toEqual({ visits: 1 })
    expect(await visitor.json('/')).toEqual({ visits: 2 })
    expect(store.count()).toBe(1)
  },
)
