import { createServer } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { session as fetchSession } from '../../../src/adapters/fetch.ts'
import { type SessionEnv, session } from '../../../src/adapters/hono.ts'
import { session as nodeSession } from '../../../src/adapters/node.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'

interface Env extends SessionEnv {
  Bindings: HttpBindings
}

describe.each(PACES)('on Hono at its Node server, with a store that answers %s', (pace) => {
  /**
   * Asks an app with one handler, which begins a session.
   * @param afterwards - Called when the session is saved, and the response about to leave.
   */
  async function answerOf(
    handler: (c: Context<Env>) => Response | Promise<Response>,
    afterwards: (c: Context<Env>) => void = () => {},
  ): Promise<Response> {
    const app = new Hono<Env>()
    app.use(async (c, next) => {
      await next()
      afterwards(c)
    })
    app.use(session(startPaced(pace).sessions))
    app.get('/', (c) => {
      c.var.session.visits = 1
      return handler(c)
    })
    const port = await servingPort(createServer(getRequestListener(app.fetch)))
    return fetch(`http://127.0.0.1:${port}/`)
  }

  test('a response that a handler has begun by hand arrives whole', async () => {
    const headThere = Promise.withResolvers<void>()
    const response = await answerOf(({ env: { outgoing } }) => {
      outgoing.writeHead(201, { 'x-own': '1' })
      outgoing.write('one, ')
      headThere.promise.then(() => outgoing.end('two'))
      return RESPONSE_ALREADY_SENT
    })
    headThere.resolve()
    expect([response.status, response.headers.get('x-own')]).toEqual([201, '1'])
    expect(await response.text()).toBe('one, two')
  })

  test('a response that a handler begins by hand when the session is saved has the cookie', async () => {
    const saved = Promise.withResolvers<void>()
    const response = await answerOf(
      ({ env: { outgoing } }) => {
        saved.promise.then(() => outgoing.writeHead(201).end('late'))
        return RESPONSE_ALREADY_SENT
      },
      () => saved.resolve(),
    )
    expect([response.status, await response.text()]).toEqual([201, 'late'])
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })

  test.each<[string, () => Response]>([
    ['a header', () => new Response('x', { headers: { 'x-own': 'caf\u4e16' } })],
    ['a status', () => Response.error()],
  ])(
    'the error in the place of a response with %s that Node refuses has the cookie [P2]',
    async (_what, make) => {
      const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
      onTestFinished(() => shown.mockRestore())
      const response = await answerOf(make)
      expect(response.status).toBe(500)
      expect(response.headers.getSetCookie()).toHaveLength(1)
      expect(response.headers.get('cache-control')).toBe('no-store')
    },
  )

  test('a frozen response is told to caches in the app as for one visitor, and has the cookie [P9]', async () => {
    const told: (string | null)[] = []
    const response = await answerOf(
      () => Object.freeze(new Response('menu', { headers: { 'cache-control': 'public' } })),
      ({ res }) => void told.push(res.headers.get('cache-control'), res.headers.get('vary')),
    )
    expect(await response.text()).toBe('menu')
    expect(told).toEqual(['private', 'Cookie'])
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })

  test.each(['hono', 'fetch'] as const)(
    'the error of another manager at the server carries the cookie of the one on %s that saved [P2]',
    async (on) => {
      const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
      onTestFinished(() => shown.mockRestore())
      const outer = startPaced(pace, { cookie: { name: 'outer' } })
      outer.store.fail('create')
      const { sessions } = startPaced(pace, { cookie: { name: 'inner' } })
      const app = new Hono<Env>()
      app.use(session(sessions))
      app.get('/', (c) => {
        c.var.session.visits = 1
        return c.text('saved')
      })
      const plain = fetchSession(sessions, (_request, { session }, _env: object) => {
        session.visits = 1
        return new Response('saved')
      })
      const listener = getRequestListener(on === 'hono' ? app.fetch : plain)
      const server = createServer(
        nodeSession(outer.sessions, (request, response) => {
          request.session.visits = 1
          return listener(request, response)
        }),
      )
      const response = await fetch(`http://127.0.0.1:${await servingPort(server)}/`)
      expect([response.status, response.headers.getSetCookie()]).toEqual([
        503,
        [expect.stringMatching(/^inner=/)],
      ])
    },
  )
})
