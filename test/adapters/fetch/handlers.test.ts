import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, expectTypeOf, onTestFinished, test, vi } from 'vitest'
import { type SessionContext, type SessionHandler, session } from '../../../src/adapters/fetch.ts'
import type { DefaultData } from '../../../src/index.ts'
import { PACES, startPaced } from '../harness/paced.ts'

describe.each(PACES)('the fetch adapter, with a store that answers %s', (pace) => {
  test('hands on what the runtime gives beside the request', async () => {
    const handler = session(
      startPaced(pace).sessions,
      (_request, _context, env: { name: string }, context: { waitUntil(work: Promise<void>): void }) => {
        context.waitUntil(Promise.resolve())
        return new Response(env.name)
      },
    )
    const waitUntil = vi.fn()
    const response = await handler(new Request('http://localhost/'), { name: 'worker' }, { waitUntil })
    expect(await response.text()).toBe('worker')
    expect(waitUntil).toHaveBeenCalledOnce()
  })

  test("takes a framework's own kind of request, and then asks for it", async () => {
    class PathRequest extends Request {
      readonly path = new URL(this.url).pathname
    }
    const { sessions } = startPaced(pace)
    const handler = session(sessions, (request: PathRequest, { session }) => {
      session.visits = 1
      return new Response(request.path)
    })
    expectTypeOf(handler).parameters.toEqualTypeOf<[PathRequest]>()
    expect(await (await handler(new PathRequest('http://localhost/menu'))).text()).toBe('/menu')
    const forAny = session(sessions, (request) => new Response(request.url))
    expectTypeOf(forAny).parameters.toEqualTypeOf<[Request]>()
    const asked: (request: PathRequest, env: string) => Promise<Response> = session(
      sessions,
      (request, _context, env: string) => new Response(request.path + env),
    )
    expect(await (await asked(new PathRequest('http://localhost/a'), 'b')).text()).toBe('/ab')
  })

  test('takes a request that nothing can be added to', async () => {
    const { sessions, memory } = startPaced(pace)
    const inner = session(
      startPaced(pace, { cookie: { name: 'other' } }).sessions,
      (_request, { session }) => {
        session.visits = 1
        return new Response(null)
      },
    )
    const handler = session(sessions, (request, { session }) => {
      session.visits = 1
      return inner(request)
    })
    const response = await handler(Object.freeze(new Request('http://localhost/')))
    expect([response.status, response.headers.getSetCookie().length, memory.size]).toEqual([200, 2, 1])
  })

  test('passes on what the handler throws, and saves nothing then', async () => {
    const { sessions, memory } = startPaced(pace)
    const handler = session(sessions, (_request, { session }) => {
      session.visits = 1
      throw new Error('a redirect, as some frameworks throw them')
    })
    await expect(handler(new Request('http://localhost/'))).rejects.toThrow('a redirect')
    expect(memory.count()).toBe(0)
  })

  test('answers 503 to a failed load and save, lets the body go, and shows the error on the console [P2] [P11]', async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => shown.mockRestore())
    const { sessions, store } = startPaced(pace)
    const cancel = vi.fn()
    const handler = session(sessions, (_request, { session }) => {
      session.visits = 1
      return new Response(new ReadableStream({ cancel }))
    })
    const [cookie = ''] = (await handler(new Request('http://localhost/'))).headers.getSetCookie()
    store.fail('*')
    const unsaved = await handler(new Request('http://localhost/'))
    expect([unsaved.status, await unsaved.json()]).toEqual([503, { error: expect.any(String) }])
    expect(cancel).toHaveBeenCalledOnce()
    const unloaded = await handler(new Request('http://localhost/', { headers: { cookie } }))
    expect(unloaded.status).toBe(503)
    expect(shown).toHaveBeenCalledTimes(2)
  })

  test('passes on nothing where the handler gives nothing, as on Bun when it has upgraded the request, and saves [P2]', async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => shown.mockRestore())
    const { sessions, store } = startPaced(pace)
    const begin = session(sessions, (_request, { session }) => {
      session.visits = 1
      return new Response(null)
    })
    const [cookie = ''] = (await begin(new Request('http://localhost/'))).headers.getSetCookie()
    const upgrade = session(sessions, (_request, { session }) => {
      session.visits = (session.visits ?? 0) + 1
      return Reflect.get({}, 'response')
    })
    const upgraded = () => upgrade(new Request('http://localhost/', { headers: { cookie } }))
    expect(await upgraded()).toBeUndefined()
    expect((await sessions.read(cookie)).toJSON()).toEqual({ visits: 2 })
    store.fail('replace')
    expect((await upgraded()).status).toBe(503)
  })

  test('has on the copy what a framework has put on the response, as h3 does the hooks of a WebSocket', async () => {
    const hooks = { open: () => undefined }
    const handler = session(startPaced(pace).sessions, (_request, { session }) => {
      session.visits = 1
      return Object.assign(new Response(null, { status: 426 }), { crossws: hooks })
    })
    const response = await handler(new Request('http://localhost/'))
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(response).toHaveProperty('crossws', hooks)
  })

  test('takes a response whose state is its own properties, as of a stand-in for fetch', async () => {
    const handler = session(startPaced(pace).sessions, (_request, { session }) => {
      session.visits = 1
      const own = { value: 418, enumerable: true }
      return Object.defineProperties(new Response('tea', { status: 418 }), {
        status: own,
        ok: { ...own, value: false },
      })
    })
    const response = await handler(new Request('http://localhost/'))
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect({ status: response.status, body: await response.text() }).toEqual({ status: 418, body: 'tea' })
  })

  test('leaves a response that can have no copy as it is', async () => {
    const handler = session(startPaced(pace).sessions, (_request, { session }) => {
      session.visits = 1
      return Response.error()
    })
    expect((await handler(new Request('http://localhost/'))).type).toBe('error')
  })

  test('gives the new session after regenerate(callback)', async () => {
    const { sessions } = startPaced(pace)
    const handler = session(sessions, async (_request, context) => {
      const old = context.session
      await new Promise<void>((resolve) => old.regenerate(() => resolve()))
      context.session.came = 'fresh'
      return Response.json(context.session !== old)
    })
    const response = await handler(new Request('http://localhost/'))
    expect(await response.json()).toBe(true)
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })

  describe('when a second handler of the same manager answers a request after the first', () => {
    /** Answers with what `pages` says where `api` finds nothing. */
    function start(pages: SessionHandler<DefaultData, []>) {
      const started = startPaced(pace)
      const api = session(started.sessions, (_request, { session }) => {
        const seen = session.visits
        return new Response(null, { status: seen === 'never' ? 200 : 404 })
      })
      const next = session(started.sessions, pages)
      const answer = async (cookie: string) => {
        const request = new Request('http://localhost/', { headers: { cookie } })
        const first = await api(request)
        return first.status === 404 ? next(request) : first
      }
      return { ...started, answer }
    }

    test('the second begins a session, and its response is for one visitor [P2] [P9]', async () => {
      const { answer, memory } = start((_request, { session }) => {
        session.visits = (session.visits ?? 0) + 1
        return Response.json(session.visits)
      })
      const first = await answer('')
      const [cookie = ''] = first.headers.getSetCookie()
      expect([await first.json(), memory.size]).toEqual([1, 1])
      const second = await answer(cookie)
      expect([await second.json(), second.headers.get('vary')]).toEqual([2, 'Cookie'])
      expect(second.headers.get('cache-control')).toBe('private')
    })

    test('a login in the second gets a new id, and the old one is dead [P5]', async () => {
      const { answer, sessions, memory } = start((request, { session }) => {
        if (request.headers.get('cookie') === '') session.visits = 1
        else session.userId = 'ann'
        return new Response(null)
      })
      const [visitor = ''] = (await answer('')).headers.getSetCookie()
      const [user = ''] = (await answer(visitor)).headers.getSetCookie()
      expect((await sessions.read(user)).toJSON()).toEqual({ visits: 1, userId: 'ann' })
      expect([(await sessions.read(visitor)).toJSON(), memory.size]).toEqual([{}, 1])
    })

    test('it is one session while the first still runs, also beside that of another manager [P3]', async () => {
      const { sessions, memory } = startPaced(pace)
      const other = startPaced(pace, { cookie: { name: 'other' } })
      const inner = session(sessions, (_request, { session }) => {
        session.inner = 1
        return Response.json(session)
      })
      const between = session(other.sessions, inner)
      const outer = session(sessions, async (request, { session }) => {
        session.outer = 1
        await between(request)
        return inner(request)
      })
      const response = await outer(new Request('http://localhost/'))
      expect([await response.json(), memory.size]).toEqual([{ outer: 1, inner: 1 }, 1])
    })

    test('and one manager answers beside the other, none finds what the first to end has left', async () => {
      const one = startPaced(pace)
      const other = startPaced(pace, { cookie: { name: 'other' } })
      const first = Promise.withResolvers<void>()
      const second = Promise.withResolvers<void>()
      const begin = (until: Promise<void>) => async (_request: Request, context: SessionContext) => {
        await until
        context.session.visits = 1
        return new Response(null)
      }
      const request = new Request('http://localhost/')
      const answers = [
        session(one.sessions, begin(first.promise))(request),
        session(other.sessions, begin(second.promise))(request),
      ]
      first.resolve()
      await answers[0]
      second.resolve()
      await answers[1]
      const again = await session(one.sessions, begin(first.promise))(request)
      expect([again.headers.getSetCookie().length, one.memory.size]).toEqual([1, 2])
    })
  })

  test('saves what a streamed body changes once the handler has answered [P3]', async () => {
    const { sessions } = startPaced(pace)
    const gate = Promise.withResolvers<void>()
    const handler = session(sessions, (request, context) => {
      if (request.url.endsWith('/begin')) context.session.visits = 1
      const { session } = context
      const body = new ReadableStream({
        async pull(controller) {
          await gate.promise
          session.late = 1
          controller.close()
        },
      })
      return new Response(request.url.endsWith('/late') ? body : null)
    })
    const [cookie = ''] = (await handler(new Request('http://localhost/begin'))).headers.getSetCookie()
    const response = await handler(new Request('http://localhost/late', { headers: { cookie } }))
    gate.resolve()
    await response.text()
    await vi.waitFor(async () =>
      expect((await sessions.read(cookie)).toJSON()).toEqual({ visits: 1, late: 1 }),
    )
  })

  test.each<[string, (waitUntil: (saving: Promise<unknown>) => void) => unknown]>([
    ['waits for', (waitUntil) => ({ waitUntil })],
    [
      'refuses to wait for',
      (waitUntil) => ({
        waitUntil: (saving: Promise<unknown>) => {
          waitUntil(saving)
          throw new Error('too late')
        },
      }),
    ],
  ])('a runtime that %s what is changed after the response has it saved [P3]', async (_how, contextOf) => {
    const { sessions } = startPaced(pace)
    const given = Promise.withResolvers<Promise<unknown>>()
    const handler = session(sessions, (request: Request, { session }, _env: unknown, _context: unknown) => {
      session.visits = 1
      if (request.url.endsWith('/late')) void nextTurn().then(() => Object.assign(session, { late: 1 }))
      return new Response(null)
    })
    const context = contextOf(given.resolve)
    const [cookie = ''] = (
      await handler(new Request('http://localhost/'), {}, context)
    ).headers.getSetCookie()
    await handler(new Request('http://localhost/late', { headers: { cookie } }), {}, context)
    await await given.promise
    expect((await sessions.read(cookie)).toJSON()).toEqual({ visits: 1, late: 1 })
  })

  test('a runtime that gives its context behind the request, as Netlify does, waits for what is changed later [P3]', async () => {
    const { sessions } = startPaced(pace)
    const given = Promise.withResolvers<Promise<unknown>>()
    const handler = session(sessions, (_request: Request, { session }, _context: object) => {
      session.visits = 1
      void nextTurn().then(() => Object.assign(session, { late: 1 }))
      return new Response(null)
    })
    const context = { waitUntil: given.resolve }
    const [cookie = ''] = (await handler(new Request('http://localhost/'), context)).headers.getSetCookie()
    await await given.promise
    expect((await sessions.read(cookie)).toJSON()).toEqual({ visits: 1, late: 1 })
  })
})
