import { describe, expect, test } from 'vitest'
import { writeCookie } from '../../src/core/cookie-writer.ts'
import { createSessions } from '../../src/core/sessions.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { SECRET, start } from '../engine/start.ts'

const HOSTILE = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ';',
  // Truncated to a byte, these two are CR and LF.
  '\u010d\u010a',
  '\u560d\u560a',
  '\u2028',
  '\u0085',
  '\x7f',
  '\x1f',
]

function build(cookie: object): unknown {
  return Reflect.apply(createSessions, undefined, [
    { secret: SECRET, store: new MemorySessionStore(), cookie },
  ])
}

describe('[A16] response splitting', () => {
  test.each(HOSTILE)('%j in a cookie option stops the start with our own error [A16] [P12]', (part) => {
    const refused = expect.objectContaining({ name: 'ConfigError' })
    for (const injected of [part, `x${part}`, `${part}x`, `x${part}Set-Cookie: admin=1`]) {
      expect(() => build({ name: `sid${injected}` })).toThrow(refused)
      expect(() => build({ path: `/${injected}` })).toThrow(refused)
      expect(() => build({ domain: `example.com${injected}` })).toThrow(refused)
      expect(() => build({ sameSite: `lax${injected}` })).toThrow(refused)
    }
  })

  test.each(HOSTILE)('%j in a cookie of the app is refused by the writer [A16] [C17]', (part) => {
    const refused = expect.objectContaining({ name: 'ConfigError' })
    expect(() => writeCookie(`a${part}`, 'b')).toThrow(refused)
    expect(() => writeCookie('a', `b${part}`)).toThrow(refused)
    expect(() => writeCookie('a', 'b', { path: `/${part}` })).toThrow(refused)
    expect(() => writeCookie('a', 'b', { domain: `a.b${part}` })).toThrow(refused)
    expect(() => Reflect.apply(writeCookie, undefined, ['a', 'b', { sameSite: `lax${part}` }])).toThrow(
      refused,
    )
    expect(() => Reflect.apply(writeCookie, undefined, ['a', 'b', { maxAge: `1${part}` }])).toThrow(refused)
    expect(() => Reflect.apply(writeCookie, undefined, ['a', 'b', { expires: `now${part}` }])).toThrow(
      refused,
    )
  })

  test('nothing a visitor sends or a handler stores gets into the line [A16]', async () => {
    const { browser, sessions } = start<{ text: string }>()
    const passage = await sessions.open(`${sessions.cookieName}=x\r\nSet-Cookie: admin=1`)
    passage.session.text = '\r\nSet-Cookie: admin=1'
    const effects = await passage.commit()
    expect(effects?.setCookie).toMatch(/^sid=[A-Za-z0-9_.-]+; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(await browser.look()).toEqual({})
  })

  test('an option that is no text, but writes itself as a good one, is refused [A16]', () => {
    let times = 0
    const changing = { toString: () => (times++ === 0 ? 'sid' : 'sid\r\nx: y') }
    for (const cookie of [{ name: changing }, { path: changing }, { domain: changing }, { name: ['sid'] }]) {
      expect(() => build(cookie)).toThrow(expect.objectContaining({ name: 'ConfigError' }))
    }
  })
})
