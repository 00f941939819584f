import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest'
import type { CookieCarrier } from '../../src/core/request-cookie.ts'
import type { Sessions } from '../../src/core/sessions.ts'
import { start, startLater } from '../engine/start.ts'

const SECURE = { cookie: { secure: true } }

let warned: MockInstance<typeof process.emitWarning>
beforeEach(() => {
  warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
})
afterEach(() => vi.restoreAllMocks())

function warnings(): string[] {
  return warned.mock.calls.map(([warning]) => String(warning))
}

const PLAIN = {}
const TLS = { encrypted: true }

/** A request as Node has it. */
function node(headers: Record<string, string>, socket: object = PLAIN): CookieCarrier {
  return Object.assign({ headers }, { socket, url: '/' })
}

function web(url: string, headers: Record<string, string> = {}): CookieCarrier {
  return new Request(url, { headers })
}

async function begin(sessions: Sessions, request: CookieCarrier | null): Promise<void> {
  const passage = await sessions.open(request)
  passage.session.a = 1
  expect((await passage.commit())?.setCookie).toContain('; Secure')
}

describe('a cookie for HTTPS alone that is handed out', () => {
  const lost: ReadonlyArray<[string, CookieCarrier]> = [
    ['to a host of its own', node({ host: 'shop.example' })],
    ['to an address in the house', node({ host: '192.168.1.20:3000' })],
    ['over HTTP/2 without TLS', node({ ':authority': 'shop.example:8080' })],
    ['on the web', web('http://shop.example/cart')],
    ['to a host that only looks like this machine', node({ host: 'localhost.example' })],
  ]
  test.each(lost)('%s over plain http is warned of, once [C50] [P9]', async (_where, request) => {
    for (const { sessions } of [start(SECURE), startLater(SECURE)]) {
      for (let visitor = 0; visitor < 3; visitor++) await begin(sessions, request)
    }
    expect(warnings()).toEqual(Array(2).fill(expect.stringContaining('nobody keeps a session')))
  })

  const kept: ReadonlyArray<[string, CookieCarrier | null]> = [
    ['over TLS', node({ host: 'shop.example' }, TLS)],
    ['to who has left already', node({ host: 'shop.example' }, { destroyed: true })],
    ['over https', web('https://shop.example/')],
    ['behind a proxy that says so', node({ host: 'shop.example', 'x-forwarded-proto': 'https' })],
    ['behind one that names the visitor', node({ host: '10.0.0.7', 'x-forwarded-for': '192.0.2.1' })],
    ['behind one by the standard', web('http://app.internal/', { forwarded: 'proto=https' })],
    ['behind any other', node({ host: 'shop.example', via: '1.1 edge' })],
    ['on this machine', node({ host: 'localhost:3000' })],
    ['on one of its names', node({ host: 'app.localhost' })],
    ['by its address', node({ host: '127.0.0.1:3000' })],
    ['by its other address', web('http://[::1]:3000/')],
    ['to who knows whom', node({})],
    ['for a header alone', 'a=1'],
    ['for no request', null],
  ]
  test.each(kept)('%s is not [C50]', async (_where, request) => {
    await begin(start(SECURE).sessions, request)
    expect(warnings()).toEqual([])
  })

  test('is not warned of where it is not Secure, nor where none is handed out [C50]', async () => {
    const { sessions } = start({ cookie: { secure: false } })
    const passage = await sessions.open(node({ host: 'shop.example' }))
    passage.session.a = 1
    await passage.commit()
    const reading = await start(SECURE).sessions.open(node({ host: 'shop.example' }))
    expect(reading.session.a).toBeUndefined()
    await reading.commit()
    expect(warnings()).toEqual([])
  })
})
