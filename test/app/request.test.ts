import { describe, expect, test } from 'vitest'
import type { Handler } from '../../src/app/index.ts'
import { SECRET, serve, testApp, visitorOf } from './serving.ts'

/** Answers one request with what `read` makes of it. */
async function ask(read: Handler, path: string, init?: RequestInit): Promise<unknown> {
  const app = testApp()
  app.get('/*', read)
  return (await app.request(path, init)).json()
}

describe('a request', () => {
  test('tells method, path, url and the whole address', async () => {
    const read: Handler = (req, res) => res.json([req.method, req.path, req.url, req.raw.url])
    expect(await ask(read, '/a%20b/c?d=1')).toEqual([
      'GET',
      '/a b/c',
      '/a%20b/c?d=1',
      'http://localhost/a%20b/c?d=1',
    ])
  })

  test('has its query by name, repeated names as a list', async () => {
    const read: Handler = (req, res) => res.json(req.query)
    expect(await ask(read, '/?q=a+b&tag=1&tag=2&tag=3&empty=&__proto__=x')).toEqual({
      q: 'a b',
      tag: ['1', '2', '3'],
      empty: '',
    })
    expect(await ask(read, '/')).toEqual({})
  })

  test('has its headers by name in lower case, and by any case with get', async () => {
    const read: Handler = (req, res) => res.json([req.headers['x-a'], req.get('X-A'), req.get('x-b') ?? null])
    expect(await ask(read, '/', { headers: { 'X-A': 'yes' } })).toEqual(['yes', 'yes', null])
  })

  test('has no cookie that nobody sent, whatever its name', async () => {
    const read: Handler = (req, res) =>
      res.json([req.cookies.toString ?? null, req.cookies.constructor ?? null, Object.keys(req.cookies)])
    expect(await ask(read, '/', { headers: { cookie: 'a=1; __proto__=2' } })).toEqual([
      null,
      null,
      ['a', '__proto__'],
    ])
  })

  test('has its cookies decoded, the first of a name', async () => {
    const read: Handler = (req, res) => res.json(req.cookies)
    const cookie = 'a=1; b="two words"; c=%C3%BC; d=100%; a=2; =nameless; flag; e='
    expect(await ask(read, '/', { headers: { cookie } })).toEqual({
      a: '1',
      b: 'two words',
      c: 'ü',
      d: '100%',
      e: '',
    })
  })

  test('does not show the session’s ticket among its cookies [C08]', async () => {
    const app = testApp()
    app.get('/', (req, res) => {
      req.session.n = 1
      return res.json(req.cookies)
    })
    const visitor = await visitorOf(app)
    visitor.cookies.set('theme', 'dark')
    await visitor.get('/')
    expect(visitor.cookies.has('sid')).toBe(true)
    expect(await (await visitor.get('/')).json()).toEqual({ theme: 'dark' })
  })
})

describe('req.ip', () => {
  const read: Handler = (req, res) => res.json({ ip: req.ip ?? null })

  test('is the address of the connection, whatever forwarding headers say', async () => {
    const app = testApp()
    app.get('/', read)
    const url = await serve(app)
    const response = await fetch(url, { headers: { 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6' } })
    expect(await response.json()).toEqual({ ip: '127.0.0.1' })
  })

  test.each([
    [
      'Node, an IPv4 client of an IPv6 server',
      { incoming: { socket: { remoteAddress: '::ffff:10.0.0.7' } } },
      '10.0.0.7',
    ],
    ['Node, IPv6', { incoming: { socket: { remoteAddress: '2001:db8::1' } } }, '2001:db8::1'],
    ['Bun', { requestIP: () => ({ address: '10.0.0.8' }) }, '10.0.0.8'],
    ['Deno', { remoteAddr: { hostname: '10.0.0.9' } }, '10.0.0.9'],
    ['no server', undefined, null],
  ])('is found on %s', async (_runtime, env, ip) => {
    const app = testApp({ sessionSecret: SECRET })
    app.get('/', read)
    const response = await app.fetch(new Request('http://localhost/'), env)
    expect(await response.json()).toEqual({ ip })
  })
})
