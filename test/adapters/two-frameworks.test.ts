import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { session as expressSession } from '../../src/adapters/express.ts'
import { session as fastifySession } from '../../src/adapters/fastify.ts'
import { session as koaSession } from '../../src/adapters/koa.ts'
import type { Session } from '../../src/core/session.ts'
import type { Sessions } from '../../src/index.ts'
import { Visitor } from '../../src/testing/visitor.ts'
import { EventLog } from '../engine/event-log.ts'
import { PACES, servingPort, startPaced } from './harness/paced.ts'

/** What the outer framework does with the session: signs in. */
function signIn({ url }: IncomingMessage, session: Session): void {
  if (url === '/login') session.userId = 'ann'
}

/** What the inner one does: counts. */
function count(session: Session): unknown {
  session.visits = (session.visits ?? 0) + 1
  return session.toJSON()
}

function koaApp(sessions: Sessions): RequestListener {
  const app = new Koa()
  app.use(koaSession(sessions))
  app.use((context) => {
    context.body = count(context.session)
  })
  return app.callback()
}

function expressAround(sessions: Sessions, inner: RequestListener): RequestListener {
  const app = express()
  app.use(expressSession(sessions))
  app.use((request, response) => {
    signIn(request, request.session)
    return inner(request, response)
  })
  return app
}

const SHAPES: readonly [string, (sessions: Sessions) => Server | Promise<Server>][] = [
  ['a Koa app in one of Express', (sessions) => createServer(expressAround(sessions, koaApp(sessions)))],
  [
    'an Express app in one of Koa',
    (sessions) => {
      const inner = express()
      inner.use(expressSession(sessions))
      inner.use((request, response) => void response.json(count(request.session)))
      const app = new Koa()
      app.use(koaSession(sessions))
      app.use((context) => {
        signIn(context.req, context.session)
        context.respond = false
        inner(context.req, context.res)
      })
      return createServer(app.callback())
    },
  ],
  ...(['before', 'behind'] as const).map((place): [string, (sessions: Sessions) => Promise<Server>] => [
    `Express's middleware ${place} the plugin of Fastify`,
    async (sessions) => {
      const app = fastify()
      const mount = expressSession(sessions)
      const addExpress = (): void => {
        app.addHook('onRequest', (request, reply, done) => mount(request.raw, reply.raw, () => done()))
        app.addHook('onRequest', (request, _reply, done) => {
          signIn(request.raw, Reflect.get(request.raw, 'session'))
          done()
        })
      }
      if (place === 'before') addExpress()
      await app.register(fastifySession(sessions))
      if (place === 'behind') addExpress()
      app.get('/*', async (request) => count(request.session))
      await app.ready()
      return app.server
    },
  ]),
]

describe.each(SHAPES)('%s has one session, with the same manager', (_shape, serverOf) => {
  test.each(PACES)('and loses nothing of it, with a store that answers %s [P3] [P5]', async (pace) => {
    const { sessions } = startPaced(pace)
    const log = new EventLog(sessions)
    const visitor = new Visitor(`http://127.0.0.1:${await servingPort(await serverOf(sessions))}`)
    const login = await visitor.get('/login')
    expect(await login.json()).toEqual({ userId: 'ann', visits: 1 })
    expect(login.headers.getSetCookie()).toHaveLength(1)
    expect(await (await visitor.get('/x')).json()).toEqual({ userId: 'ann', visits: 2 })
    expect(log.told.filter((event) => event === 'created')).toHaveLength(1)
    expect(await sessions.user('ann').list()).toHaveLength(1)
  })
})

test.each(PACES)(
  'on Koa, beside a middleware of other routes that has a session of its own on each context, with a store that answers %s',
  async (pace) => {
    const { sessions } = startPaced(pace)
    const app = new Koa()
    // As koa-session does it.
    const theirs = Symbol('theirs')
    Object.defineProperty(app.context, 'session', {
      get() {
        return Reflect.get(this, theirs) ?? { isNew: true }
      },
      set(value: object) {
        Reflect.set(this, theirs, { isNew: false, ...value })
      },
      configurable: true,
    })
    app.use(koaSession(sessions))
    app.use((context) => {
      context.body = count(context.session)
    })
    const errors: unknown[] = []
    app.on('error', (error) => errors.push(error))
    onTestFinished(() => void app.removeAllListeners())
    const visitor = new Visitor(`http://127.0.0.1:${await servingPort(createServer(app.callback()))}`)
    expect(await (await visitor.get('/')).json()).toEqual({ visits: 1 })
    expect(await (await visitor.get('/')).json()).toEqual({ visits: 2 })
    expect(errors).toEqual([])
  },
)
