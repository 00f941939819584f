import { describe, expect, test } from 'vitest'
import { isNavigation } from '../../src/adapters/next/navigation.ts'
import { readSetCookieLine } from '../../src/adapters/next/set-cookie-line.ts'
import { session } from '../../src/adapters/next.ts'
import { writeCookie } from '../../src/core/cookie-writer.ts'
import { AS_IN_SESSIONS } from '../../src/core/option-names.ts'
import { type CookieOptions, SessionCookie } from '../../src/core/session-cookie.ts'
import { createSessions } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'

const sessions = createSessions({
  secret: 'the secret of the tests of Next.js: 5f0c9e12ab',
  store: new MemorySessionStore(),
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['cookies alone', { cookies: () => {} }],
  ['what cookies() gives', Promise.resolve({})],
])('session() with %s does not start, and says what is missing [P12]', (_what, next) => {
  expect(() => Reflect.apply(session, undefined, [sessions, next])).toThrow(
    /needs the functions cookies and headers of next\/headers/,
  )
})

test('withSession() without a function says what it needs', async () => {
  const nowhere = (): never => {
    throw new Error('There is no request.')
  }
  const { withSession } = session(sessions, { cookies: nowhere, headers: nowhere })
  await expect(Reflect.apply(withSession, undefined, [])).rejects.toThrow(
    /needs a function that is given the session/,
  )
})

test.each<CookieOptions>([
  { secure: true },
  { secure: false, name: 'shop' },
  { secure: false, path: '/shop', domain: 'shop.example' },
  { secure: true, sameSite: 'none', partitioned: true, persistent: true },
  { secure: true, sameSite: 'strict' },
])('a Set-Cookie line of a session with %o says the same in parts', (options) => {
  const cookie = new SessionCookie(options, AS_IN_SESSIONS)
  for (const line of [cookie.set('t'.repeat(87), 90_000), cookie.clear()]) {
    const { name, value, attributes } = readSetCookieLine(line)
    expect(new Set(writeCookie(name, value, attributes).split('; '))).toEqual(new Set(line.split('; ')))
  }
})

describe('an error is one by which Next.js answers', () => {
  test.each<[boolean, string, unknown]>([
    [true, 'a redirect', { digest: 'NEXT_REDIRECT;push;/;307;' }],
    [true, 'notFound()', { digest: 'NEXT_HTTP_ERROR_FALLBACK;404' }],
    [true, 'notFound() of Next.js 15.0', { digest: 'NEXT_NOT_FOUND' }],
    [false, 'an error of the app, with a digest', { digest: '4123' }],
    [false, 'what ends a prerendering', { digest: 'DYNAMIC_SERVER_USAGE' }],
    [false, 'a text', 'NEXT_REDIRECT;push;/;307;'],
    [false, 'nothing', null],
  ])('%s: %s', (is, _what, error) => {
    expect(isNavigation(error)).toBe(is)
  })
})
