import { createServer } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { session as onExpress } from '../../src/adapters/express.ts'
import { session as onFastify } from '../../src/adapters/fastify.ts'
import { session as onFetch } from '../../src/adapters/fetch.ts'
import { session as onHono, type SessionEnv } from '../../src/adapters/hono.ts'
import { session as onKoa } from '../../src/adapters/koa.ts'
import { session as onNode } from '../../src/adapters/node.ts'
import { createApp } from '../../src/app/index.ts'
import { createSessions, type Session } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { type VisitedSite, Visitor } from '../../src/testing/index.ts'
import { SECRET } from '../engine/start.ts'

// As in production: the cookie is for HTTPS alone.
const cookie = { secure: true }

function sessions() {
  return createSessions({ secret: SECRET, store: new MemorySessionStore(), cookie })
}

function count(session: Session): { visits: number } {
  session.visits = (session.visits ?? 0) + 1
  return { visits: session.visits }
}

/** A counter on each of what can be visited. */
const SITES: Record<string, () => VisitedSite | Promise<VisitedSite>> = {
  'createApp, without a port': () => {
    const app = createApp({ sessionSecret: SECRET, session: { cookie } })
    return app.get('/', (req, res) => res.json(count(req.session)))
  },
  'Hono, without a port': () => {
    const app = new Hono<SessionEnv>()
    app.use(onHono(sessions()))
    return app.get('/', (c) => c.json(count(c.var.session)))
  },
  'what coatcheck/fetch makes': () =>
    onFetch(sessions(), (_request, { session }) => Response.json(count(session))),
  'Express, as it listens': () => {
    const app = express().use(onExpress(sessions()))
    const server = app.get('/', (req, res) => void res.json(count(req.session))).listen(0)
    onTestFinished(() => void server.close())
    return server
  },
  'Koa, as it listens': () => {
    const app = new Koa().use(onKoa(sessions()))
    app.use((ctx) => {
      ctx.body = count(ctx.session)
    })
    const server = app.listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    return server
  },
  'node:http on one address': () => {
    const listener = onNode(sessions(), (req, res) => void res.end(JSON.stringify(count(req.session))))
    const server = createServer(listener).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    return server
  },
  'Fastify, by its address': async () => {
    const app = fastify()
    await app.register(onFastify(sessions()))
    app.get('/', (request) => count(request.session))
    onTestFinished(() => app.close())
    return app.listen({ port: 0, host: '127.0.0.1' })
  },
}

describe('a visitor keeps the session', () => {
  test.each(Object.entries(SITES))('of %s', async (_name, makeSite) => {
    const site = await makeSite()
    const [ada, grace] = [new Visitor(site), new Visitor(site)]
    const counted: unknown[] = []
    for (const visitor of [ada, ada, grace, ada]) counted.push(await (await visitor.get('/')).json())
    expect(counted).toEqual([{ visits: 1 }, { visits: 2 }, { visits: 1 }, { visits: 3 }])
  })
})

/** A site that sets what it is asked to, and tells what it was sent. */
async function echo(request: Request): Promise<Response> {
  const headers = new Headers({ location: '/elsewhere' })
  for (const line of new URL(request.url).searchParams.getAll('set')) headers.append('set-cookie', line)
  const sent = {
    method: request.method,
    url: request.url,
    cookie: request.headers.get('cookie'),
    type: request.headers.get('content-type'),
    body: await request.text(),
  }
  return Response.json(sent, { status: 302, headers })
}

function setting(...lines: string[]): string {
  return `/?${new URLSearchParams(lines.map((line): [string, string] => ['set', line]))}`
}

describe('a visitor', () => {
  test('sends every cookie it was given, the newest of each name, and follows no redirect', async () => {
    const visitor = new Visitor(echo)
    await visitor.get(setting('a=1; Path=/deep', 'b=x=y; Secure; HttpOnly'))
    await visitor.get(setting('a=2; Max-Age=60'))
    const response = await visitor.get('/')
    expect(response.status).toBe(302)
    expect(await response.json()).toMatchObject({ cookie: 'a=2; b=x=y', url: 'http://localhost/' })
    expect(visitor.cookieHeader).toBe('a=2; b=x=y')
  })

  test.each([
    'a=; Max-Age=0',
    'a=; max-age = -1',
    'a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'a=1; Expires=Fri, 01 Jan 2500 00:00:00 GMT; Max-Age=0',
  ])('gives a cookie up that is over: %s', async (line) => {
    const visitor = new Visitor(echo)
    visitor.cookies.set('a', '1')
    await visitor.get(setting(line))
    expect(visitor.cookies.size).toBe(0)
  })

  test.each([
    'a=2',
    'a=2; Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'a=2; Expires=never',
    'a=2; Max-Age=',
  ])('keeps one that is not: %s', async (line) => {
    const visitor = new Visitor(echo)
    await visitor.get(setting(line))
    expect(visitor.cookies.get('a')).toBe('2')
  })

  test.each<[string, string | object | undefined, string | null, string]>([
    ['nothing', undefined, null, ''],
    ['text', 'hello', 'text/plain;charset=UTF-8', 'hello'],
    ['fields', new URLSearchParams({ a: '1' }), 'application/x-www-form-urlencoded;charset=UTF-8', 'a=1'],
    ['an object', { a: [1] }, 'application/json', '{"a":[1]}'],
    ['a list', [1, 2], 'application/json', '[1,2]'],
  ])('posts %s', async (_what, body, type, sent) => {
    const response = await new Visitor({ fetch: echo }).post('/form', body)
    expect(await response.json()).toMatchObject({ method: 'POST', type, body: sent })
  })

  test('posts with headers of the caller’s, and sends other methods', async () => {
    const visitor = new Visitor(echo)
    visitor.cookies.set('a', '1')
    const headers = { 'content-type': 'application/merge-patch+json', cookie: 'a=planted' }
    const posted = await visitor.post('/', { b: 1 }, { headers })
    expect(await posted.json()).toMatchObject({ type: headers['content-type'], cookie: 'a=planted' })
    const deleted = await visitor.send('https://shop.example/cart', { method: 'DELETE' })
    expect(await deleted.json()).toMatchObject({ method: 'DELETE', url: 'https://shop.example/cart' })
  })

  test('has copies that begin with its cookies and go their own way', async () => {
    const visitor = new Visitor(echo)
    visitor.cookies.set('a', '1')
    const copy = visitor.copy()
    await visitor.get(setting('a=2'))
    expect([visitor.cookieHeader, copy.cookieHeader]).toEqual(['a=2', 'a=1'])
  })

  test('of a server that does not listen is told to let it listen', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const visited = expect(new Visitor(createServer()).get('/')).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_INVALID',
        message: expect.stringContaining('Let it listen first'),
      }),
    )
    await vi.advanceTimersByTimeAsync(2_000)
    await visited
  })
})
