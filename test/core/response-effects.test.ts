import { describe, expect, test } from 'vitest'
import { AS_IN_SESSIONS } from '../../src/core/option-names.ts'
import { applyEffects } from '../../src/core/response-effects.ts'
import { SessionCookie } from '../../src/core/session-cookie.ts'
import { HeaderMap } from '../engine/header-map.ts'

const cookie = new SessionCookie({ name: 'sid', secure: false }, AS_IN_SESSIONS)
const SET = 'sid=token.signature; Path=/'

type Headers = Record<string, string | string[]>

/** The headers after the effects of a session that sets its cookie, or was only read. */
function headersOf(setCookie: string | null, headers: Headers): Record<string, readonly string[]> {
  const map = new HeaderMap(headers)
  applyEffects({ setCookie, cookie }, map)
  return map.all()
}

describe('a response that sets the cookie', () => {
  const tables: ReadonlyArray<[Headers, object]> = [
    [{}, {}],
    [{ 'cache-control': 'public, max-age=60' }, {}],
    [{ 'cache-control': ['public', 'max-age=60'] }, {}],
    [
      {
        expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
        'surrogate-control': 'max-age=9',
        'cdn-cache-control': 'max-age=9',
      },
      {},
    ],
    [
      { etag: '"x"', pragma: 'no-cache', age: '5' },
      { etag: ['"x"'], pragma: ['no-cache'], age: ['5'] },
    ],
    [{ 'set-cookie': 'a=1' }, { 'set-cookie': ['a=1', SET] }],
    [{ 'set-cookie': ['a=1, b', 'c=2'] }, { 'set-cookie': ['a=1, b', 'c=2', SET] }],
    [{ 'set-cookie': ['sid=old; Path=/', 'a=1', 'sid='] }, { 'set-cookie': ['a=1', SET] }],
    [
      { 'set-cookie': ['sidx=1', 'SID=1', ' sid=1', 'asid=1'] },
      { 'set-cookie': ['sidx=1', 'SID=1', ' sid=1', 'asid=1', SET] },
    ],
  ]
  test.each(tables)(
    'and had %j is not to be stored, and has one line of ours behind the others [P9] [A17] [C18]',
    (headers, kept) => {
      expect(headersOf(SET, headers)).toEqual({
        'cache-control': ['no-store'],
        vary: ['Cookie'],
        'set-cookie': [SET],
        ...kept,
      })
    },
  )
})

describe('a response that read a session', () => {
  const controls: ReadonlyArray<[string | string[] | undefined, string[]]> = [
    [undefined, ['private']],
    ['', ['private']],
    ['no-store', ['no-store']],
    ['max-age=0, No-Store', ['max-age=0, No-Store']],
    ['no-cache', ['private, no-cache']],
    ['max-age=60', ['private, max-age=60']],
    ['private, max-age=60', ['private, max-age=60']],
    ['max-age=60, private="set-cookie"', ['private, max-age=60']],
    ['private="x, y", max-age=5', ['private, max-age=5']],
    ['public', ['private']],
    ['Public, Max-Age=60', ['private, Max-Age=60']],
    ['s-maxage=60', ['private']],
    ['max-age=5, s-maxage=60, immutable', ['private, max-age=5, immutable']],
    [['public', 'max-age=60'], ['private, max-age=60']],
    ['ext="a \\", public", public, max-age=5', ['private, ext="a \\", public", max-age=5']],
    ['public,, max-age=5,', ['private, max-age=5']],
    // What a quote that is not closed hides from us, it may hide from a cache.
    ['max-age=60, ext="a, no-store', ['private, max-age=60, ext="a, no-store']],
    ['public, ext="a\\', ['private, ext="a\\']],
    ['no-store, ext="a', ['no-store, ext="a']],
    [',', ['private']],
  ]
  test.each(controls)('is private: %j becomes %j [P9] [A17]', (control, expected) => {
    const headers = headersOf(null, control === undefined ? {} : { 'cache-control': control })
    expect(headers['cache-control']).toEqual(expected)
    expect(headers).not.toHaveProperty('set-cookie')
  })

  test.each([
    ['commas', ','],
    ['quotes', '"'],
    ['escapes', '"\\'],
    ['quoted commas', '",",'],
  ])('takes no time over a Cache-Control of many %s, with a quote not closed', (_, part) => {
    const control = `${part.repeat(30_000)}"`
    const began = performance.now()
    expect(headersOf(null, { 'cache-control': control })['cache-control']?.[0]).toMatch(/^private/)
    expect(performance.now() - began).toBeLessThan(300)
  })

  const varies: ReadonlyArray<[string | string[] | undefined, string[]]> = [
    [undefined, ['Cookie']],
    ['', ['Cookie']],
    ['Cookie', ['Cookie']],
    ['cookie', ['cookie']],
    ['*', ['*']],
    ['Accept-Encoding', ['Accept-Encoding, Cookie']],
    ['Accept,Cookie', ['Accept,Cookie']],
    ['Cookie-Consent', ['Cookie-Consent, Cookie']],
    [['Accept', 'Origin'], ['Accept, Origin, Cookie']],
    [
      ['Accept', 'Cookie'],
      ['Accept', 'Cookie'],
    ],
  ]
  test.each(varies)('varies on Cookie, told once: %j becomes %j [P9] [A17]', (vary, expected) => {
    expect(headersOf(null, vary === undefined ? {} : { vary }).vary).toEqual(expected)
  })

  test('leaves every other header as it is', () => {
    const headers = { 'set-cookie': ['a=1', 'b=2'], etag: '"x"', expires: 'soon', location: '/' }
    expect(headersOf(null, headers)).toEqual({
      'set-cookie': ['a=1', 'b=2'],
      etag: ['"x"'],
      expires: ['soon'],
      location: ['/'],
      vary: ['Cookie'],
      'cache-control': ['private'],
    })
  })

  test.each([
    'CDN-Cache-Control',
    'Surrogate-Control',
    'Cloudflare-CDN-Cache-Control',
    'Vercel-CDN-Cache-Control',
    'Netlify-CDN-Cache-Control',
    'X-Accel-Expires',
  ])('says nothing to a shared cache by %s, nor does one that sets the cookie [P9] [A17]', (name) => {
    for (const setCookie of [null, SET]) {
      expect(headersOf(setCookie, { [name.toLowerCase()]: 'max-age=600' })).not.toHaveProperty(
        name.toLowerCase(),
      )
    }
  })
})
