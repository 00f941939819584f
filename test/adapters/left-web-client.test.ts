import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { session as onFetch } from '../../src/adapters/fetch.ts'
import { session as onHono, type SessionEnv } from '../../src/adapters/hono.ts'
import { session as onNode } from '../../src/adapters/node.ts'
import { createApp } from '../../src/app/index.ts'
import type { Session, Sessions } from '../../src/index.ts'
import type { MemorySessionStore } from '../../src/stores/memory.ts'
import { Visitor } from '../../src/testing/visitor.ts'
import { laterStore } from '../engine/later-store.ts'
import { SECRET, startOn } from '../engine/start.ts'
import { PACES, servingPort } from './harness/paced.ts'
import { RawClient } from './harness/raw-client.ts'

type Handle = (session: Session, path: string) => Promise<void>

/** What a framework is served with, and where it is told. */
interface Site {
  sessions: Sessions
  store: MemorySessionStore
  handle: Handle
}

const SERVERS: ReadonlyArray<[string, (site: Site) => Promise<[port: number, sessions: Sessions]>]> = [
  [
    'Hono',
    async ({ sessions, handle }) => {
      const app = new Hono<SessionEnv>().use(onHono(sessions)).get('/:path', async (c) => {
        await handle(c.var.session, c.req.path)
        return c.json(c.var.session)
      })
      return [await servingPort(createServer(getRequestListener(app.fetch))), sessions]
    },
  ],
  [
    'Hono at coatcheck/node',
    async ({ sessions, handle }) => {
      const app = new Hono<SessionEnv>().use(onHono(sessions)).get('/:path', async (c) => {
        await handle(c.var.session, c.req.path)
        return c.json(c.var.session)
      })
      return [await servingPort(createServer(onNode(sessions, getRequestListener(app.fetch)))), sessions]
    },
  ],
  [
    'coatcheck/fetch',
    async ({ sessions, handle }) => {
      const listener = onFetch(sessions, async (request, { session }, _env: unknown) => {
        await handle(session, new URL(request.url).pathname)
        return Response.json(session)
      })
      return [await servingPort(createServer(getRequestListener(listener))), sessions]
    },
  ],
  ...[false, true].map((byHono): (typeof SERVERS)[number] => [
    byHono ? 'createApp, through Hono' : 'createApp',
    async ({ store, handle }) => {
      const app = createApp({ sessionSecret: SECRET, sessionStore: store })
      // What only Hono has is asked for.
      if (byHono) app.use((req, _res, next) => void (req.raw.url && next()))
      app.get('/:path', async (req, res) => {
        await handle(req.session, req.path)
        res.json(req.session)
      })
      const { port } = await app.listen(0, '127.0.0.1')
      onTestFinished(() => app.close())
      return [port, app.sessions]
    },
  ]),
]

/** Waits until the client of the next request to a path has left. */
async function clientGone(path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>()
  const onRequest = (message: unknown): void => {
    if (typeof message !== 'object' || message === null) return
    if (!('response' in message && message.response instanceof ServerResponse)) return
    if (!('request' in message && message.request instanceof IncomingMessage)) return
    if (message.request.url === path) resolve(message.response)
  }
  subscribe('http.server.request.start', onRequest)
  onTestFinished(() => void unsubscribe('http.server.request.start', onRequest))
  await once(await promise, 'close')
}

describe.each(SERVERS)('a client that leaves %s before the answer', (_name, serve) => {
  describe.each(PACES)('with a store that answers %s', (pace) => {
    /** Starts a server whose handler does `behind` when its client has left, at `/leave`. */
    async function start(behind: (session: Session) => void | Promise<void>) {
      const { sessions, store } = startOn((memory) => (pace === 'at once' ? memory : laterStore(memory)))
      const waiting = Promise.withResolvers<void>()
      const left = clientGone('/leave')
      const handled = Promise.withResolvers<void>()
      const handle: Handle = async (session, path) => {
        if (path === '/cart') session.cart = 1
        if (path === '/login') session.userId = 'ann'
        if (path !== '/leave') return
        waiting.resolve()
        await left
        await behind(session)
        handled.resolve()
      }
      const [port, manager] = await serve({ sessions, store, handle })
      const discarded = vi.fn()
      manager.on('discarded', discarded)
      const visitor = new Visitor(`http://127.0.0.1:${port}`)
      return {
        visitor,
        store,
        discarded,
        sessions: manager,
        leave: async (): Promise<void> => {
          const client = new RawClient(port)
          client.get('/leave', `Cookie: ${visitor.cookieHeader}`)
          await waiting.promise
          client.socket.destroy()
          await handled.promise
        },
        shown: async (path: string): Promise<unknown> => (await visitor.get(path)).json(),
      }
    }

    test('has the session of a visitor who is signed in behind it as it was: nobody would get the new cookie [P5]', async () => {
      const { visitor, leave, shown, discarded, sessions } = await start((session) => {
        session.userId = 'ann'
      })
      await visitor.get('/cart')
      await leave()
      await vi.waitFor(() => expect(discarded).toHaveBeenCalledOnce())
      expect(discarded.mock.calls[0]?.[0]).toMatchObject({ reason: 'headers-sent' })
      expect(await sessions.user('ann').list()).toEqual([])
      // Who clicks twice is signed in by the second click, with what was in the cart.
      expect(await shown('/login')).toEqual({ cart: 1, userId: 'ann' })
      expect(await shown('/look')).toEqual({ cart: 1, userId: 'ann' })
    })

    test('leaves no session of a new visitor [P9]', async () => {
      const { leave, store, discarded } = await start((session) => {
        session.cart = 1
      })
      await leave()
      await vi.waitFor(() => expect(discarded).toHaveBeenCalledOnce())
      expect(store.size).toBe(0)
    })

    test('is no error of a handler that saves by itself, and may await nothing [P11]', async () => {
      const outcomes = Promise.withResolvers<PromiseSettledResult<unknown>[]>()
      const { visitor, leave, shown } = await start((session) => {
        session.userId = 'ann'
        const saving = [session.save(), session.regenerate({ keep: true }), session.save()]
        outcomes.resolve(Promise.allSettled(saving))
      })
      await visitor.get('/cart')
      await leave()
      for (const outcome of await outcomes.promise) expect(outcome.status).toBe('fulfilled')
      expect(await shown('/look')).toEqual({})
    })

    test('has saved what needs no cookie, and a logout [P2] [P4]', async () => {
      const { visitor, leave, shown, store } = await start((session) => {
        if (session.seen === true) return session.clear()
        session.seen = true
      })
      await visitor.get('/cart')
      await leave()
      await vi.waitFor(async () => expect(await shown('/look')).toEqual({ cart: 1, seen: true }))
      expect(store.size).toBe(1)
    })
  })
})

test('a response that a handler has sent by hand takes no cookie any more: the visitor keeps the session, and save() throws [P5]', async () => {
  const { sessions, store } = startOn((memory) => memory)
  const saved = vi.fn()
  const app = new Hono<SessionEnv & { Bindings: HttpBindings }>().use(onHono(sessions))
  app.get('/cart', (c) => {
    c.var.session.cart = 1
    return c.json(c.var.session)
  })
  app.get('/login', async (c) => {
    c.env.outgoing.writeHead(200).end('sent')
    c.var.session.userId = 'ann'
    await c.var.session.save().catch(saved)
    return RESPONSE_ALREADY_SENT
  })
  const port = await servingPort(createServer(getRequestListener(app.fetch)))
  const visitor = new Visitor(`http://127.0.0.1:${port}`)
  await visitor.get('/cart')
  await visitor.get('/login')
  await vi.waitFor(() => expect(saved).toHaveBeenCalledOnce())
  expect(await sessions.user('ann').list()).toEqual([])
  expect(store.size).toBe(1)
  expect(await (await visitor.get('/cart')).json()).toEqual({ cart: 1 })
})
