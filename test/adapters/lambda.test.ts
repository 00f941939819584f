import { configure } from '@codegenie/serverless-express'
import express, { type Express } from 'express'
import { type FastifyInstance, fastify } from 'fastify'
import Koa from 'koa'
import serverless from 'serverless-http'
import { describe, expect, test } from 'vitest'
import { session as expressSession } from '../../src/adapters/express.ts'
import { session as fastifySession } from '../../src/adapters/fastify.ts'
import { session as koaSession } from '../../src/adapters/koa.ts'
import type { Awaitable } from '../../src/core/awaitable.ts'
import type { DefaultData } from '../../src/core/session-data.ts'
import type { Sessions } from '../../src/core/sessions.ts'
import { PACES, startPaced } from './harness/paced.ts'
import { silenceConsole } from './harness/silence-console.ts'

/** What AWS Lambda hands a function for a request by API Gateway. */
interface GatewayEvent {
  httpMethod: string
  path: string
  headers: Record<string, string>
  multiValueHeaders: Record<string, string[]>
  requestContext: object
}

type Invoke = (event: GatewayEvent) => Promise<unknown>

function expressCounter(sessions: Sessions<DefaultData>): Express {
  const app = express()
  app.use(expressSession(sessions))
  app.get('/', (req, res) => {
    req.session.visits = Number(req.session.visits ?? 0) + 1
    res.json({ visits: req.session.visits })
  })
  return app
}

function koaCounter(sessions: Sessions<DefaultData>): Koa {
  const app = new Koa()
  app.silent = true
  app.use(koaSession(sessions))
  app.use((ctx) => {
    ctx.session.visits = Number(ctx.session.visits ?? 0) + 1
    ctx.body = { visits: ctx.session.visits }
  })
  return app
}

type Routing = FastifyInstance['routing']

/** Gives what hands requests to a Fastify app that is ready. */
async function routingOf(app: FastifyInstance): Promise<Routing> {
  await app.ready()
  // As people write it: what gave a promise would be waited for.
  return (request, response) => app.routing(request, response)
}

function fastifyCounter(sessions: Sessions<DefaultData>): Promise<Routing> {
  const app = fastify()
  app.register(fastifySession(sessions))
  app.get('/', async (request) => {
    request.session.visits = Number(request.session.visits ?? 0) + 1
    return { visits: request.session.visits }
  })
  return routingOf(app)
}

/** What answers requests on Lambda, with no server and no socket of Node's: each with its own idea of when that is done. */
const HOSTS: ReadonlyArray<[string, (sessions: Sessions<DefaultData>) => Awaitable<Invoke>]> = [
  ['Express by serverless-http', (sessions) => invokeBy(serverless(expressCounter(sessions)))],
  ['Koa by serverless-http', (sessions) => invokeBy(serverless(koaCounter(sessions)))],
  ['Express by serverless-express', (sessions) => invokeBy(configure({ app: expressCounter(sessions) }))],
  ['Fastify by serverless-http', async (sessions) => invokeBy(serverless(await fastifyCounter(sessions)))],
  [
    'Fastify by serverless-express',
    async (sessions) => invokeBy(configure({ app: await fastifyCounter(sessions) })),
  ],
]

function invokeBy(handler: (event: never, context: never, callback: never) => unknown): Invoke {
  return async (event) => Reflect.apply(handler, undefined, [event, {}])
}

/** Asks for a page, and gives what Lambda would send. */
async function ask(
  invoke: Invoke,
  cookie?: string,
): Promise<{ status: unknown; body: unknown; cookies: string[] }> {
  const answer: unknown = await invoke({
    httpMethod: 'GET',
    path: '/',
    headers: cookie === undefined ? {} : { cookie },
    multiValueHeaders: cookie === undefined ? {} : { cookie: [cookie] },
    requestContext: {},
  })
  const { statusCode, body, headers, multiValueHeaders } = Object(answer)
  const lines: unknown = multiValueHeaders?.['set-cookie'] ?? headers?.['set-cookie'] ?? []
  return { status: statusCode, body, cookies: [lines].flat().map(String) }
}

silenceConsole()

describe.each(HOSTS)('%s', (_name, host) => {
  test.each(PACES)(
    'answers when the session is saved, with its cookie, on a store that answers %s [P2]',
    async (pace) => {
      const { sessions } = startPaced(pace, { cookie: { secure: false } })
      const invoke = await host(sessions)
      const first = await ask(invoke)
      expect([first.status, first.body, first.cookies.length]).toEqual([200, '{"visits":1}', 1])
      const again = await ask(invoke, first.cookies[0]?.split(';')[0])
      expect([again.status, again.body, again.cookies]).toEqual([200, '{"visits":2}', []])
    },
  )

  test.each(PACES)('answers 503 when the save fails, on a store that answers %s [P2]', async (pace) => {
    const { sessions, store } = startPaced(pace)
    store.fail('create')
    const { status, cookies } = await ask(await host(sessions))
    expect([status, cookies]).toEqual([503, []])
  })
})

test.each(PACES)(
  'on Fastify by serverless-express no route runs behind a guard that has answered without returning it, on a store that answers %s',
  async (pace) => {
    const { sessions } = startPaced(pace)
    const app = fastify()
    app.register(fastifySession(sessions))
    app.addHook('preHandler', async (request, reply) => {
      request.session.returnTo = '/'
      reply.code(401).send('sign in')
    })
    let ran = 0
    app.get('/', async () => ({ ran: ++ran }))
    const { status, body, cookies } = await ask(invokeBy(configure({ app: await routingOf(app) })))
    expect([status, body, cookies.length, ran]).toEqual([401, 'sign in', 1, 0])
  },
)
