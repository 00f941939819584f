import type { ServerResponse } from 'node:http'
import { CookieJar } from 'tough-cookie'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { session as nodeSession } from '../../src/adapters/node.ts'
import type { CookieOptions } from '../../src/core/session-cookie.ts'
import { createSessions } from '../../src/core/sessions.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { serve } from '../engine/serve.ts'
import { SECRET, start } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
}

afterEach(() => vi.unstubAllEnvs())

const TICKET = '[A-Za-z0-9_-]{43}\\.[A-Za-z0-9_-]{43}'

/** The line a first response sets, in an environment. */
async function firstLine(cookie?: CookieOptions, environment = 'production'): Promise<string> {
  vi.stubEnv('NODE_ENV', environment)
  const { browser } = start<Data>(cookie === undefined ? {} : { cookie })
  return (await browser.request((session) => session.set('a', 1))).setCookie ?? ''
}

describe('with no setting, the cookie', () => {
  test.each(['production', 'staging', '', 'Test', 'DEVELOPMENT'])(
    'is __Host-Http-sid, HttpOnly, Secure, SameSite=Lax, on / and for the browser session, when NODE_ENV is "%s" [P9] [C10] [C14] [C23]',
    async (environment) => {
      expect(await firstLine(undefined, environment)).toMatch(
        new RegExp(`^__Host-Http-sid=${TICKET}; Path=/; HttpOnly; Secure; SameSite=Lax$`),
      )
    },
  )

  test('is Secure when NODE_ENV is not set at all [P9] [C10]', async () => {
    vi.stubEnv('NODE_ENV', undefined)
    const { browser } = start<Data>()
    expect((await browser.request((session) => session.set('a', 1))).setCookie).toContain('; Secure;')
  })

  test.each(['development', 'test'])(
    'is sid without Secure when NODE_ENV is %s [P9]',
    async (environment) => {
      expect(await firstLine(undefined, environment)).toMatch(
        new RegExp(`^sid=${TICKET}; Path=/; HttpOnly; SameSite=Lax$`),
      )
    },
  )
})

describe('told otherwise, the cookie', () => {
  test('is Secure in development and plain in production by the secure option [P9]', async () => {
    expect(await firstLine({ secure: true }, 'development')).toMatch(/^__Host-Http-sid=.*; Secure; /)
    expect(await firstLine({ secure: false }, 'production')).toMatch(/^sid=(?!.*Secure)/)
  })

  const NAMES: ReadonlyArray<[CookieOptions, string]> = [
    [{}, '__Host-Http-sid'],
    [{ sameSite: 'strict' }, '__Host-Http-sid'],
    [{ path: '/' }, '__Host-Http-sid'],
    [{ path: '/app' }, 'sid'],
    [{ domain: 'example.com' }, 'sid'],
    [{ secure: false }, 'sid'],
    [{ name: 'mine' }, 'mine'],
  ]
  test.each(NAMES)('with %j is named %s [P9] [C06]', async (options, name) => {
    const line = await firstLine(options)
    expect(line.slice(0, line.indexOf('='))).toBe(name)
  })

  test.each([
    {},
    { secure: false },
    { path: '/a' },
    { domain: 'example.com' },
    { sameSite: 'none' as const },
    { partitioned: true },
  ])('is HttpOnly and has exactly one SameSite with %j [P9] [C13] [C14]', async (options) => {
    const line = await firstLine(options)
    expect(line.match(/; HttpOnly(;|$)/g)).toHaveLength(1)
    expect(line.match(/; SameSite=(Lax|Strict|None)(;|$)/g)).toHaveLength(1)
  })

  test('lives as long as the session can when it is persistent, and no longer [P9] [C16] [C23]', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const { browser, clock } = start<Data>({ absoluteTimeout: '8h', cookie: { persistent: true } })
    const first = await browser.request((session) => session.set('a', 1))
    expect(first.setCookie).toMatch(/; Max-Age=28800$/)
    clock.advance(6 * 3_600_000 + 500)
    const later = await browser.request((session) => session.regenerate({ keep: true }))
    expect(later.setCookie).toMatch(/; Max-Age=7199$/)
  })
})

describe('the scheme is never guessed from a request header', () => {
  const FORWARDED = [
    'x-forwarded-proto',
    'x-forwarded-ssl',
    'forwarded',
    'x-forwarded-protocol',
    'front-end-https',
  ]

  test.each(FORWARDED)('%s changes nothing about the cookie, on nor off [P9] [A19]', async (header) => {
    for (const [environment, expected] of [
      ['production', '; Secure; '],
      ['test', ''],
    ] as const) {
      vi.stubEnv('NODE_ENV', environment)
      const { sessions } = start<Data>()
      const url = await serve(
        nodeSession(sessions, (request, response) => {
          request.session.a = 1
          response.end()
        }),
      )
      for (const value of ['http', 'https', 'proto=http', 'proto=https', 'on', 'off']) {
        const [line = ''] = (await fetch(url, { headers: { [header]: value } })).headers.getSetCookie()
        expect(line.includes('; Secure')).toBe(expected !== '')
        expect(line.startsWith(`${sessions.cookieName}=`)).toBe(true)
      }
    }
  })
})

describe('a combination that browsers refuse or that is unsafe throws when the manager is built', () => {
  const WRONG: ReadonlyArray<[object, RegExp]> = [
    [{ secure: false, name: '__Host-sid' }, /__Host-sid.*secure: true/],
    [{ secure: false, name: '__HOST-HTTP-sid' }, /secure: true/],
    [{ secure: false, name: '__Secure-sid' }, /secure: true/],
    [{ secure: false, name: '__Http-sid' }, /secure: true/],
    [{ secure: true, name: '__Host-sid', domain: 'example.com' }, /no domain/],
    [{ secure: true, name: '__host-sid', path: '/a' }, /no path|path but/],
    [{ secure: true, name: '__Host-Http-sid', path: '/a' }, /path/],
    [{ secure: false, sameSite: 'none' }, /sameSite: 'none' needs secure/],
    [{ secure: false, partitioned: true }, /partitioned: true needs secure/],
    [{ sameSite: 'LAX' }, /sameSite/],
    [{ sameSite: false }, /sameSite/],
    [{ httpOnly: false }, /httpOnly.*always HttpOnly/],
    [{ httpOnly: true }, /httpOnly/],
    [{ maxAge: 60 }, /maxAge/],
    [{ expires: new Date(0) }, /expires/],
    [{ signed: true }, /signed/],
    [{ secure: 'auto' }, /secure must be true or false/],
    [{ secure: 1 }, /secure must be true or false/],
    [{ partitioned: 'yes' }, /partitioned must be/],
    [{ persistent: 1 }, /persistent must be/],
    [{ name: '' }, /name/],
    [{ name: 'a b' }, /name/],
    [{ name: 'a;b' }, /name/],
    [{ name: 'a=b' }, /name/],
    [{ name: 'a\r\nb' }, /name/],
    [{ name: 5 }, /name/],
    [{ path: 'a' }, /path/],
    [{ path: '/a;b' }, /path/],
    [{ path: '/a\nb' }, /path/],
    [{ path: `/${'a'.repeat(1_024)}` }, /path/],
    [{ domain: '' }, /domain/],
    [{ domain: 'exa mple.com' }, /domain/],
    [{ domain: 'https://example.com' }, /domain/],
    [{ domain: 'example.com:8080' }, /domain/],
  ]
  test.each(WRONG)('%j [P9] [P12] [C11] [C12]', (cookie, message) => {
    const build = (): unknown =>
      Reflect.apply(createSessions, undefined, [{ secret: SECRET, store: new MemorySessionStore(), cookie }])
    expect(build).toThrow(expect.objectContaining({ name: 'ConfigError' }))
    expect(build).toThrow(message)
  })
})

describe('in a real cookie jar', () => {
  const SETTINGS: ReadonlyArray<[CookieOptions, string]> = [
    [{}, 'https://app.example.com/'],
    [{ secure: false }, 'http://app.example.com/'],
    [{ path: '/app' }, 'https://app.example.com/app/x'],
    [{ domain: 'example.com' }, 'https://app.example.com/'],
    [{ domain: 'example.com', path: '/app' }, 'https://app.example.com/app'],
    [{ sameSite: 'strict' }, 'https://app.example.com/'],
    [{ sameSite: 'none', partitioned: true }, 'https://app.example.com/'],
    [{ persistent: true }, 'https://app.example.com/'],
    [{ name: '__Secure-mine', path: '/app' }, 'https://app.example.com/app'],
  ]
  test.each(SETTINGS)(
    'a cookie of %j is kept, sent back, and removed by the clearing line [P9] [C22] [C43]',
    async (cookie, url) => {
      vi.stubEnv('NODE_ENV', 'production')
      const { browser, sessions } = start<Data>({ cookie })
      const jar = new CookieJar()
      const first = await browser.request((session) => session.set('a', 1))
      await jar.setCookie(first.setCookie ?? '', url)
      const sent = await jar.getCookieString(url)
      expect(sent).toBe(browser.cookie)
      expect((await sessions.open(sent)).session.a).toBe(1)
      const last = await browser.request((session) => session.clear())
      await jar.setCookie(last.setCookie ?? '', url)
      expect(await jar.getCookieString(url)).toBe('')
      expect((await jar.serialize()).cookies).toEqual([])
    },
  )

  test('the clearing line names the same cookie as the setting one: path, domain, partition [P9] [C22] [C24]', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const { browser } = start<Data>({
      cookie: { path: '/app', domain: 'example.com', sameSite: 'none', partitioned: true },
    })
    const set = await browser.request((session) => session.set('a', 1))
    const clear = await browser.request((session) => session.destroy())
    const attributesOf = (line: string | null): string[] => (line ?? '').split('; ').slice(1)
    const added = ['Max-Age=0', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT']
    expect(attributesOf(clear.setCookie).filter((part) => !added.includes(part))).toEqual(
      attributesOf(set.setCookie),
    )
    expect(attributesOf(clear.setCookie)).toEqual(expect.arrayContaining(added))
    expect(clear.setCookie).toMatch(/^sid=;/)
  })
})

describe('a response', () => {
  test('that sets the cookie is not stored by anybody, whatever the handler said [P9] [A17]', async () => {
    const { browser } = start<Data>()
    const exchange = await browser.arrive()
    exchange.session.a = 1
    exchange.headers.set('cache-control', 'public, max-age=60')
    exchange.headers.set('surrogate-control', 'max-age=60')
    exchange.headers.set('cdn-cache-control', 'max-age=60')
    exchange.headers.set('expires', 'Thu, 01 Jan 2099 00:00:00 GMT')
    const { headers } = await exchange.leave()
    expect(headers.all()).toEqual({
      'cache-control': ['no-store'],
      vary: ['Cookie'],
      'set-cookie': [expect.stringContaining('sid=')],
    })
  })

  test('that takes the cookie away is not stored by anybody either [P9] [A17]', async () => {
    const { browser } = start<Data>()
    await browser.request((session) => session.set('a', 1))
    const { headers } = await browser.request((session) => session.clear())
    expect(headers.lines('cache-control')).toEqual(['no-store'])
  })

  test('that read a session varies on Cookie, once, and is not public [P9] [A17]', async () => {
    const { browser } = start<Data>()
    await browser.request((session) => session.set('a', 1))
    for (const [vary, expected] of [
      [undefined, 'Cookie'],
      ['Accept', 'Accept, Cookie'],
      ['cookie', 'cookie'],
      ['Accept, COOKIE', 'Accept, COOKIE'],
      ['X-Cookie', 'X-Cookie, Cookie'],
      ['*', '*'],
    ]) {
      const exchange = await browser.arrive()
      expect(exchange.session.a).toBe(1)
      if (vary !== undefined) exchange.headers.set('vary', vary)
      exchange.headers.set('cache-control', 'public, max-age=60, s-maxage=90')
      exchange.headers.set('cdn-cache-control', 'max-age=90')
      const { headers, setCookie } = await exchange.leave()
      expect(headers.lines('cdn-cache-control')).toEqual([])
      expect(setCookie).toBeNull()
      expect(headers.lines('vary')).toEqual([expected])
      expect(headers.lines('cache-control')).toEqual(['private, max-age=60'])
    }
  })

  test("has exactly one Set-Cookie line of ours, whatever happened, and the app's own lines as they were [P9] [C18] [C19]", async () => {
    const { browser, sessions, clock } = start<Data>()
    await browser.request((session) => session.set('a', 1))
    clock.advance('1h')
    const exchange = await browser.arrive()
    const own = [
      'theme=dark; Path=/',
      'lang=en, de; Path=/',
      `${sessions.cookieName}x=1`,
      `x${sessions.cookieName}=1`,
    ]
    exchange.headers.set('set-cookie', own)
    exchange.session.touch()
    exchange.session.a = 2
    await exchange.session.save()
    await exchange.session.regenerate({ keep: true })
    await exchange.session.save()
    exchange.session.userId = 'ann'
    await exchange.session.save()
    const { headers, setCookie } = await exchange.leave()
    expect(headers.lines('set-cookie')).toEqual([...own, setCookie])
    expect(await exchange.end()).toBeNull()
  })

  test('replaces a line of ours that somebody else left there [P9] [C18]', async () => {
    const { browser, sessions } = start<Data>()
    const exchange = await browser.arrive()
    exchange.headers.set('set-cookie', [`${sessions.cookieName}=planted; Path=/`, 'theme=dark'])
    exchange.session.a = 1
    const { headers, setCookie } = await exchange.leave()
    expect(headers.lines('set-cookie')).toEqual(['theme=dark', setCookie])
  })

  test("over HTTP keeps the app's lines beside ours, in every way of writing them [P9] [C18]", async () => {
    const { sessions } = start<Data>()
    const ways: ReadonlyArray<(response: ServerResponse) => unknown> = [
      (response) => response.setHeader('Set-Cookie', 'theme=dark').end(),
      (response) => response.appendHeader('set-cookie', 'theme=dark').end(),
      (response) => response.writeHead(200, { 'set-cookie': ['theme=dark'] }).end(),
      (response) => response.writeHead(200, ['Set-Cookie', 'theme=dark']).end(),
      (response) => response.writeHead(200, 'fine', { 'Set-Cookie': 'theme=dark' }).end(),
    ]
    for (const answer of ways) {
      const url = await serve(
        nodeSession(sessions, (request, response) => {
          request.session.a = 1
          answer(response)
        }),
      )
      const lines = (await fetch(url)).headers.getSetCookie()
      expect(lines).toHaveLength(2)
      expect(lines[0]).toBe('theme=dark')
      expect(lines[1]).toMatch(new RegExp(`^${sessions.cookieName}=`))
    }
  })
})
