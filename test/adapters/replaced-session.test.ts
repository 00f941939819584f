import { createServer, type RequestListener } from 'node:http'
import express from 'express'
import Koa from 'koa'
import { expect, test } from 'vitest'
import { session as onExpress } from '../../src/adapters/express.ts'
import { session as onKoa } from '../../src/adapters/koa.ts'
import { session as onNode } from '../../src/adapters/node.ts'
import { createSessions, type Sessions } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { AdapterVisitor } from '../../src/testing/adapter-visitor.ts'
import { servingPort } from './harness/paced.ts'

/** Mounts one manager, then another; the path says where `null` is put in the session's place, if anywhere. */
type Build = (first: Sessions, second: Sessions) => RequestListener

function use(request: { session?: unknown; url?: string | undefined }, place: string): void {
  const { session } = request
  if (request.url === `/leave-${place}`) request.session = null
  else if (request.url === '/set' && typeof session === 'object') Object.assign(session ?? {}, { [place]: 1 })
}

const BUILDS: Record<string, Build> = {
  Express: (first, second) => {
    const app = express()
    app.use(onExpress(first), (request, _response, next) => {
      use(request, 'between')
      next()
    })
    app.use(onExpress(second), (request, response) => {
      use(request, 'inside')
      response.end('ok')
    })
    return app
  },
  Koa: (first, second) => {
    const app = new Koa()
    const visit = (context: Koa.Context, place: string): void => {
      if (context.url === `/leave-${place}`) Reflect.set(context, 'session', null)
      else if (context.url === '/set') Object.assign(context.session, { [place]: 1 })
    }
    app.use(onKoa(first)).use(async (context, next) => {
      visit(context, 'between')
      await next()
    })
    app.use(onKoa(second)).use((context) => {
      visit(context, 'inside')
      context.body = 'ok'
    })
    return app.callback()
  },
  'node:http': (first, second) =>
    onNode(first, (request, response) => {
      use(request, 'between')
      const inner = onNode(second, (again, answer) => {
        use(again, 'inside')
        answer.end('ok')
      })
      inner(request, response)
    }),
}

const CASES = Object.entries(BUILDS).flatMap(([name, build]) =>
  ['twice the same manager', 'two managers'].flatMap((managers) =>
    ['between', 'inside'].map((place) => ({ name, build, managers, place })),
  ),
)

test.each(CASES)(
  '$name, $managers: null put in the place of the session $place them ends it [P4] [peers 5.5]',
  async ({ build, managers, place }) => {
    const secret = 'replaced-session-0123456789-abcdefghij'
    const stores = [new MemorySessionStore(), new MemorySessionStore()] as const
    const first = createSessions({ secret, store: stores[0], cookie: { name: 'one' } })
    const two = managers === 'two managers'
    const second = two ? createSessions({ secret, store: stores[1], cookie: { name: 'two' } }) : first
    const port = await servingPort(createServer(build(first, second)))
    const visitor = new AdapterVisitor({ origin: `http://127.0.0.1:${port}`, close: () => {} })
    await visitor.visit('/set')
    const before = stores.map((store) => store.count())
    expect(before).toEqual(two ? [1, 1] : [1, 0])
    await visitor.visit(`/leave-${place}`)
    const left = place === 'between' || !two ? [0, before[1]] : [1, 0]
    expect(stores.map((store) => store.count())).toEqual(left)
  },
)
