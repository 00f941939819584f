import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Handler } from '../../src/app/index.ts'
import { serve, testApp } from './serving.ts'

const FAULT = new Error('connect ECONNREFUSED db.internal:5432')
const INTERNAL = '{"error":"Internal Server Error"}'
const USED = expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(/sent before/) })

/** Keeps what @hono/node-server prints to itself. */
function silent(): void {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => print.mockRestore())
}

/** A response of the platform's, also where @hono/node-server has put a class of its own in that one's place. */
function fetched(): Promise<Response> {
  return fetch('data:text/plain,report')
}

async function used(): Promise<Response> {
  const response = await fetched()
  await response.text()
  return response
}

/** An app with one page that answers, and what its `onError` is told. */
function appOf(answer: Handler) {
  const told: unknown[] = []
  const app = testApp<{ name: string }>({ onError: (error) => told.push(error) })
  app.all('/', answer)
  return { app, told }
}

describe.each(['without a server', 'at a Node server'])('a Response that is returned %s', (where) => {
  async function askerOf(
    app: ReturnType<typeof appOf>['app'],
  ): Promise<(init?: RequestInit) => Promise<Response>> {
    if (where === 'without a server') return async (init) => app.request('/', init)
    const url = await serve(app)
    return (init) => fetch(url, init)
  }

  test.each(['GET', 'HEAD'])('and was read before is an error of %s that is reported', async (method) => {
    for (const header of [null, 'x-a']) {
      const response = await used()
      const { app, told } = appOf((_req, res) => {
        if (header !== null) res.set(header, '1')
        return response
      })
      const answer = await (await askerOf(app))({ method })
      expect([answer.status, await answer.text()]).toEqual([500, method === 'HEAD' ? '' : INTERNAL])
      expect(told).toEqual([USED])
    }
  })

  test('and was sent before is an error that is reported', async () => {
    const shared = await fetched()
    const { app, told } = appOf(() => shared)
    const ask = await askerOf(app)
    expect(await (await ask()).text()).toBe('report')
    expect([(await ask()).status, (await ask({ method: 'HEAD' })).status]).toEqual([500, 500])
    expect(told).toEqual([USED, USED])
  })

  test('may be sent any number of times when it has no body, or as a clone', async () => {
    const [none, page] = [new Response(null, { status: 204 }), await fetched()]
    for (const answer of [() => none, () => page.clone()]) {
      const { app, told } = appOf(answer)
      const ask = await askerOf(app)
      for (const method of ['GET', 'HEAD', 'GET', 'GET']) {
        const text = await (await ask({ method })).text()
        expect(text).toBe(answer() === none || method === 'HEAD' ? '' : 'report')
      }
      expect(told).toEqual([])
    }
  })

  test('and was read before leaves the answer to an error, and the cookie of a new id in it [P2]', async () => {
    const response = await used()
    const { app } = appOf(async ({ session }) => {
      if (session.name === undefined) {
        session.name = 'ann'
        return new Response(null)
      }
      await session.regenerate({ keep: true })
      return response
    })
    const ask = await askerOf(app)
    const cookie = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? 'none'
    const first = cookie(await ask())
    const answer = await ask({ headers: { cookie: first } })
    expect(answer.status).toBe(500)
    expect(cookie(answer)).toMatch(/^sid=/)
    expect(cookie(answer)).not.toBe(first)
  })

  test('by the HTTPException of Hono middleware, and was read before, is an error that is reported', async () => {
    const res = await used()
    const { app, told } = appOf(() => {
      throw Object.assign(new HTTPException(401), { getResponse: () => res })
    })
    const answer = await (await askerOf(app))()
    expect([answer.status, await answer.text()]).toEqual([500, INTERNAL])
    expect(told).toEqual([USED])
  })
})

test('a text that is returned again and again is sent again and again at a Node server', async () => {
  const { app, told } = appOf(() => page)
  const url = await serve(app)
  const page = new Response('report')
  for (let time = 0; time < 3; time++) expect(await (await fetch(url)).text()).toBe('report')
  expect(told).toEqual([])
})

/** A stream that gives this much and then fails, or does when its request is given up. */
function failing(chunks: number, signal?: AbortSignal): ReadableStream<Uint8Array> {
  let left = chunks
  return new ReadableStream(
    {
      start: (controller) => signal?.addEventListener('abort', () => controller.error(FAULT)),
      pull: (controller) => {
        if (left-- > 0) controller.enqueue(new Uint8Array(1_000))
        else if (signal === undefined) controller.error(FAULT)
      },
    },
    { highWaterMark: 0 },
  )
}

/** Gives one response to all, of the class that is there when the first asks. */
function sendingTwice(): Handler {
  let shared: Response | undefined
  return () => {
    shared ??= new Response(new Blob(['report']).stream())
    return shared
  }
}

/** A server that breaks its answer off. */
async function breakingOff(): Promise<string> {
  const server = createServer((_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-length': '9' }).write('begun', () => outgoing.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

describe('a Response whose stream fails at a Node server', () => {
  test.each<[string, Handler, unknown]>([
    ['at once', () => new Response(failing(0)), FAULT],
    ['later', () => new Response(failing(2)), FAULT],
    [
      'in a copy',
      (_req, res) => {
        res.set('x-a', '1')
        return new Response(failing(2))
      },
      FAULT,
    ],
    [
      'with a session begun',
      ({ session }) => {
        session.n = 1
        return new Response(failing(2))
      },
      FAULT,
    ],
    ['since it was fetched', async () => fetch(await breakingOff()), { message: 'terminated' }],
    ['since it was sent before', sendingTwice(), { message: expect.stringContaining('locked') }],
    [
      'not, but Node refuses a header of it',
      () => new Response('x', { headers: { 'x-a': '\u0007' } }),
      { code: 'ERR_INVALID_CHAR' },
    ],
  ])('%s is reported once', async (what, answer, error) => {
    silent()
    const { app, told } = appOf(answer)
    const url = await serve(app)
    if (what === 'since it was sent before') await (await fetch(url)).text()
    await fetch(url)
      .then((response) => response.text())
      .catch(() => {})
    await vi.waitFor(() => expect(told).toHaveLength(1))
    await (await fetch(`${url}/nothing`)).text()
    expect(told).toEqual([expect.objectContaining(error)])
  })

  test('since its client has gone is not reported', async () => {
    silent()
    const ended = Promise.withResolvers()
    const { app, told } = appOf((req) => {
      req.raw.signal.addEventListener('abort', ended.resolve)
      return new Response(failing(1, req.raw.signal))
    })
    const url = await serve(app)
    const { port, hostname } = new URL(url)
    for (const leave of ['destroy', 'resetAndDestroy'] as const) {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => {})
      socket.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n')
      await once(socket, 'data')
      socket[leave]()
      await ended.promise
      await (await fetch(`${url}/nothing`)).text()
    }
    expect(told).toEqual([])
  })
})

describe('a Response that begins a session at a Node server', () => {
  test('and whose stream fails at once says nothing to the client', async () => {
    silent()
    const { app, told } = appOf(({ session }) => {
      session.n = 1
      return new Response(failing(0))
    })
    const { port, hostname } = new URL(await serve(app))
    const socket = connect(Number(port), hostname)
    let bytes = ''
    socket.on('data', (data) => {
      bytes += data.toString()
    })
    socket.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n')
    await once(socket, 'close')
    expect(bytes).not.toContain('ECONNREFUSED')
    expect(told).toEqual([FAULT])
  })

  test('keeps its cookie from the answer of an app around it that asks for another page [P9]', async () => {
    const { app } = appOf(({ session }) => {
      session.n = 1
      return new Response('inner')
    })
    const outer = new Hono()
    outer.get('/around', async (c) => {
      const inner = await app.fetch(new Request('http://a.example/'), c.env)
      return c.text(`${await inner.text()} ${inner.headers.getSetCookie().length}`)
    })
    outer.get('/', (c) => app.fetch(c.req.raw, c.env))
    const server = createServer(getRequestListener(outer.fetch))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    const around = await fetch(`${url}/around`)
    expect([await around.text(), around.headers.getSetCookie()]).toEqual(['inner 1', []])
    const given = await fetch(url)
    expect([await given.text(), given.headers.getSetCookie().length]).toEqual(['inner', 1])
  })
})
