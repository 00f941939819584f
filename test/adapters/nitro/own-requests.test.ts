import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createApp, createRouter, eventHandler, type H3Event, toNodeListener } from 'h3v1'
import { callNodeRequestHandler, fetchNodeRequestHandler, type NodeRequestHandler } from 'node-mock-http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type NitroApp, type SessionPlugin, session } from '../../../src/adapters/nitro.ts'
import type { Session } from '../../../src/index.ts'
import { Visitor } from '../../../src/testing/visitor.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'
import { silenceConsole } from '../harness/silence-console.ts'

type Answer = (session: Session, event: H3Event, site: Site) => unknown

/** What Nitro 2 makes of a site, and two ways of its own to ask it. */
interface Site {
  nitro: NitroApp
  listener: NodeRequestHandler
  /** As `$fetch` does, which no plugin has wrapped; with an event, as its `event.$fetch`. */
  ask(path: string, event?: H3Event): Promise<Response>
}

/** Makes a site of some answers, with a page for errors that asks the site for more, as Nuxt does. */
function siteOf(plugin: SessionPlugin, answers: Record<string, Answer>): Site {
  const router = createRouter()
  const h3App = createApp({
    onError: async (error, event) => {
      const { cookie = '' } = event.node.req.headers
      const page = await nitro.localFetch('/session', { headers: { cookie } })
      event.node.res.end(JSON.stringify({ status: error.statusCode, session: await page.json() }))
    },
  })
  const listen = toNodeListener(h3App)
  const listener: NodeRequestHandler = (...args) => Reflect.apply(listen, undefined, args)
  const ask = (path: string, event?: H3Event): Promise<Response> =>
    fetchNodeRequestHandler(listener, path, event === undefined ? {} : { context: event.context })
  const nitro: NitroApp = {
    h3App,
    localFetch: (input, init) => fetchNodeRequestHandler(listener, String(input), Object(init)),
    localCall: (request) => callNodeRequestHandler(listener, Object(request)),
  }
  const site = { nitro, listener, ask }
  const all: Record<string, Answer> = { '/session': shown, ...answers }
  for (const [path, answer] of Object.entries(all))
    router.use(
      path,
      eventHandler((event) => answer(event.context.session, event, site)),
    )
  h3App.use(router)
  plugin(nitro)
  return site
}

function shown(session: Session | undefined): unknown {
  return session === undefined ? 'no session' : { ...session.toJSON() }
}

const WAYS: ReadonlyArray<[string, (site: Site) => Promise<Visitor>]> = [
  [
    'at its Node server',
    async ({ listener }) => {
      const server = createServer((request, response) =>
        Reflect.apply(listener, undefined, [request, response]),
      )
      return new Visitor(`http://127.0.0.1:${await servingPort(server)}`)
    },
  ],
  [
    'by localFetch',
    async ({ nitro }) =>
      new Visitor((request) => nitro.localFetch(new URL(request.url).pathname, { headers: request.headers })),
  ],
  [
    'by localCall',
    async ({ nitro }) =>
      new Visitor(async (request) => {
        const headers = Object.fromEntries(request.headers)
        const {
          status,
          body,
          headers: answered,
        } = await nitro.localCall({ url: new URL(request.url).pathname, headers })
        const lines = Object.entries(answered).flatMap(([name, value]) =>
          [value ?? []].flat().map((line): [string, string] => [name, String(line)]),
        )
        return new Response(String(body), { status, headers: lines })
      }),
  ],
]

silenceConsole()

describe.each(WAYS)('Nitro 2 %s', (_way, visitorOf) => {
  describe.each(PACES)('with a store that answers %s', (pace) => {
    test('what a page asks the app itself for is of the same session, and what is written there goes out with the page', async () => {
      const { sessions, memory } = startPaced(pace)
      const site = siteOf(session(sessions), {
        '/login': (session) => {
          session.userId = 'ann'
          return { ok: true }
        },
        '/page': async (session, event, { ask }) => {
          const inner = await ask('/login', event)
          session.visits = 1
          return { cookies: inner.headers.getSetCookie().length, userId: session.userId }
        },
      })
      const visitor = await visitorOf(site)
      expect(await (await visitor.get('/page')).json()).toEqual({ cookies: 0, userId: 'ann' })
      expect(await (await visitor.get('/session')).json()).toEqual({ userId: 'ann', visits: 1 })
      expect(memory.size).toBe(1)
    })

    test('the page of an error has the session, with what was written before the error', async () => {
      const { sessions } = startPaced(pace)
      const site = siteOf(session(sessions), {
        '/begin': (session) => {
          session.begun = true
          return 'begun'
        },
        '/fail': (session) => {
          session.visits = 1
          throw new Error('as it may happen')
        },
      })
      const visitor = await visitorOf(site)
      await visitor.get('/begin')
      const written = { begun: true, visits: 1 }
      expect(await (await visitor.get('/fail')).json()).toEqual({ status: 500, session: written })
      expect(await (await visitor.get('/session')).json()).toEqual(written)
    })

    test('what is asked in the course of a request, but not for its event, is of another session', async () => {
      const { sessions } = startPaced(pace)
      const events: H3Event[] = []
      const site = siteOf(session(sessions), {
        '/login': (session) => {
          session.userId = 'ann'
          return 'signed in'
        },
        '/kept': async (session, event) => {
          session.kept = true
          events.push(event)
          return 'kept'
        },
        // As whatever works on a queue does: one visitor's work in the course of another's.
        '/queue': async (_session, _event, { ask }) => {
          const others = events.map((event) => ask('/session', event))
          const seen = await Promise.all([ask('/session'), ...others])
          return Promise.all(seen.map((answer) => answer.json()))
        },
      })
      const [ann, eve] = [await visitorOf(site), await visitorOf(site)]
      await ann.get('/login')
      await eve.get('/kept')
      expect(await (await ann.get('/queue')).json()).toEqual([{}, { kept: true }])
    })

    test('paths that are excepted have no session, and ask no store', async () => {
      const { sessions, store } = startPaced(pace)
      const site = siteOf(session(sessions, { except: ['/files/'] }), {
        '/files/a': shown,
        '/begin': (session) => {
          session.visits = 1
          return 'begun'
        },
      })
      const visitor = await visitorOf(site)
      await visitor.get('/begin')
      store.fail('*')
      expect(await (await visitor.get('/files/a')).text()).toContain('no session')
    })

    test('a request outside of any other has a session of its own', async () => {
      const { sessions, memory } = startPaced(pace)
      const { ask } = siteOf(session(sessions), {
        '/begin': (session) => {
          session.visits = 1
          return 'begun'
        },
      })
      const response = await ask('/begin')
      expect([response.status, response.headers.getSetCookie().length, memory.size]).toEqual([200, 1, 1])
    })

    test('a request outside of any other whose session cannot be saved is a 503', async () => {
      const { sessions, store } = startPaced(pace)
      const { ask } = siteOf(session(sessions), {
        '/begin': (session) => {
          session.visits = 1
          return 'begun'
        },
      })
      store.fail('create')
      expect((await ask('/begin')).status).toBe(503)
    })
  })
})

test('at a Node server a request that is taken up while another is answered has a session of its own', async () => {
  const { sessions } = startPaced('at once')
  const waiting = Promise.withResolvers<[IncomingMessage, ServerResponse]>()
  const site = siteOf(session(sessions), {
    '/login': (session) => {
      session.userId = 'ann'
      return 'signed in'
    },
    '/first': async (_session, _event, { listener }) => {
      // As whatever queues requests would, and goes on with the next one when this one ends.
      await Reflect.apply(listener, undefined, await waiting.promise)
      return 'done'
    },
  })
  const server = createServer((request, response) => {
    if (request.url === '/session') waiting.resolve([request, response])
    else Reflect.apply(site.listener, undefined, [request, response])
  })
  const url = `http://127.0.0.1:${await servingPort(server)}`
  const [ann, eve] = [new Visitor(url), new Visitor(url)]
  await ann.get('/login')
  const [, seen] = await Promise.all([ann.get('/first'), eve.get('/session')])
  expect(await seen.json()).toEqual({})
  onTestFinished(() => void server.closeAllConnections())
})

test('an address of another server is fetched without a session', async () => {
  const { sessions } = startPaced('at once')
  const site = siteOf(session(sessions), {})
  const asked: unknown[] = []
  const inner = {
    ...site.nitro,
    localFetch: async (input: unknown) => new Response(String(asked.push(input))),
  }
  session(sessions)(inner)
  expect(await (await inner.localFetch('https://other.example/')).text()).toBe('1')
})

test.each<[string, unknown, RegExp]>([
  ['no object', 'files', /takes its options as an object \(got a string\)/],
  ['an unknown option', { ignore: [] }, /has no option ignore\. It knows except/],
  ['a path that is no list', { except: '/files/' }, /takes as except a list of beginnings of paths/],
  ['a path without its slash', { except: ['files/'] }, /takes as except a list of beginnings of paths/],
])('%s as options is refused, with what to write [P12]', (_what, options, words) => {
  const { sessions } = startPaced('at once')
  expect(() => Reflect.apply(session, undefined, [sessions, options])).toThrow(
    expect.objectContaining({ code: 'ERR_CONFIG_INVALID', message: expect.stringMatching(words) }),
  )
})
