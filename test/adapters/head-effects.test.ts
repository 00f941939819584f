import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { expect, test } from 'vitest'
import { claimHead, headBelow, writeInHead } from '../../src/adapters/head-effects.ts'
import { AS_IN_SESSIONS } from '../../src/core/option-names.ts'
import { SessionCookie } from '../../src/core/session-cookie.ts'
import { servingPort } from './harness/paced.ts'

const cookie = new SessionCookie({ name: 'sid', secure: false }, AS_IN_SESSIONS)

/** What has any method it is asked for, as the stubs of service bindings on Workers do. */
const stub: object = new Proxy({}, { get: () => () => stub })

const ARRIVED = { method: 'GET', url: '/', headers: {} }

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['another runtime', { remoteAddr: '192.0.2.1' }],
  ['what only is called so', { outgoing: 'mail' }],
  ['bindings of Workers', { incoming: stub, outgoing: stub }],
  ['what is no response', { incoming: ARRIVED, outgoing: { headersSent: false } }],
])('there is no Node response in %s', (_what, env) => {
  const request = new Request('http://localhost/')
  claimHead(env, request)
  expect(headBelow(env, request)).toBeNull()
})

test('a plain object that has all a response has does not vouch for the next one', () => {
  const request = new Request('http://localhost/')
  const nothing = (): void => {}
  const methods = Object.fromEntries(
    ['writeHead', 'getHeader', 'setHeader', 'appendHeader', 'removeHeader', 'getHeaderNames'].map((name) => [
      name,
      nothing,
    ]),
  )
  const outgoing = { headersSent: false, ...methods }
  const found = [outgoing, { headersSent: false }].map((one) => {
    const env = { incoming: ARRIVED, outgoing: one }
    claimHead(env, request)
    return headBelow(env, request)
  })
  expect(found).toEqual([outgoing, null])
})

test('what two managers write into one head is all in it, beside the lines of the app, and leaves once', async () => {
  const server = createServer((incoming, outgoing) => {
    const env = { incoming, outgoing }
    const request = new Request('http://localhost/')
    claimHead(env, request)
    const head = headBelow(env, request)
    if (head === null) throw new Error('no head')
    const other = new SessionCookie({ name: 'other', secure: false }, AS_IN_SESSIONS)
    writeInHead(head, { setCookie: 'sid=1; Path=/', cookie })
    writeInHead(head, { setCookie: 'other=2; Path=/', cookie: other })
    outgoing.writeHead(201, { 'Set-Cookie': ['own=1', 'sid=old'], 'Cache-Control': 'public' })
    expect(outgoing.writeHead).toBe(ServerResponse.prototype.writeHead)
    outgoing.end('ok')
  })
  const port = await servingPort(server)
  const response = await fetch(`http://127.0.0.1:${port}/`)
  expect(response.status).toBe(201)
  expect(response.headers.getSetCookie()).toEqual(['own=1', 'sid=1; Path=/', 'other=2; Path=/'])
  expect(response.headers.get('cache-control')).toBe('no-store')
})

/** Makes what a Node server gives for a request. */
function arrivalOf(url: string, cookie?: string) {
  const incoming = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url })
  if (cookie !== undefined) incoming.headers.cookie = cookie
  return { incoming, outgoing: new ServerResponse(incoming) }
}

test('a response is that of the first request with its method, address and cookies, and of no other [P9]', () => {
  const env = arrivalOf('/', 'sid=1')
  const headers = { cookie: 'sid=1' }
  const url = 'http://localhost/'
  const requests = [
    new Request(`${url}internal/`, { headers }),
    new Request(url),
    new Request(url, { headers: { cookie: 'sid=2' } }),
    new Request(url, { method: 'POST', headers }),
    new Request(url, { headers }),
    new Request(url, { headers }),
  ]
  for (const request of requests) claimHead(env, request)
  const found = requests.map((request) => headBelow(env, request))
  expect(found).toEqual([null, null, null, null, env.outgoing, null])
})

test('a response is that of the request its server has made, whoever came first [P9]', async () => {
  const found: boolean[] = []
  const listener = getRequestListener((own, env) => {
    const copy = new Request(own)
    for (const request of [copy, own, new Request(own)]) claimHead(env, request)
    found.push(headBelow(env, copy) === null, headBelow(env, own) === env.outgoing)
    return new Response(null)
  })
  const port = await servingPort(createServer(listener))
  await fetch(`http://127.0.0.1:${port}//odd/../path`)
  expect(found).toEqual([true, true])
})
