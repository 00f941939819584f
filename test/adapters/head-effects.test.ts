import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { claimHead, headBelow, writeInHead } from '../../src/adapters/head-effects.ts'
import { AS_IN_SESSIONS } from '../../src/core/option-names.ts'
import { SessionCookie } from '../../src/core/session-cookie.ts'

const cookie = new SessionCookie({ name: 'sid', secure: false }, AS_IN_SESSIONS)

/** What has any method it is asked for, as the stubs of service bindings on Workers do. */
const stub: object = new Proxy({}, { get: () => () => stub })

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['another runtime', { remoteAddr: '192.0.2.1' }],
  ['what only is called so', { outgoing: 'mail' }],
  ['bindings of Workers', { incoming: stub, outgoing: stub }],
  ['what is no response', { incoming: { url: '/' }, outgoing: { headersSent: false } }],
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
    const env = { incoming: { url: '/' }, outgoing: one }
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
    expect(headBelow(env, request)).toBeNull()
    outgoing.end('ok')
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const response = await fetch(`http://127.0.0.1:${port}/`)
  expect(response.status).toBe(201)
  expect(response.headers.getSetCookie()).toEqual(['own=1', 'sid=1; Path=/', 'other=2; Path=/'])
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('a response whose head has left takes nothing more', () => {
  const incoming = Object.assign(new IncomingMessage(new Socket()), { url: '/cart?of=ada' })
  const env = { incoming, outgoing: new ServerResponse(incoming) }
  const request = new Request('http://shop.example/cart?of=ada')
  claimHead(env, request)
  expect(headBelow(env, request)).toBe(env.outgoing)
  env.outgoing.writeHead(200)
  env.outgoing.flushHeaders()
  expect(headBelow(env, request)).toBeNull()
})

test('a response is that of the first request of its address, and of no other [P9]', () => {
  const incoming = Object.assign(new IncomingMessage(new Socket()), { url: '/' })
  const env = { incoming, outgoing: new ServerResponse(incoming) }
  const [elsewhere, first, again] = ['/internal/', '/', '/'].map(
    (path) => new Request(`http://localhost${path}`),
  )
  for (const request of [elsewhere, first, again]) if (request !== undefined) claimHead(env, request)
  const found = [elsewhere, first, again].map((request) => request !== undefined && headBelow(env, request))
  expect(found).toEqual([null, env.outgoing, null])
})
