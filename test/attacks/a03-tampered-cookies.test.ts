import { describe, expect, test } from 'vitest'
import { interceptStore } from '../../src/testing/intercept-store.ts'
import { Browser } from '../engine/browser.ts'
import { SECRET, start, startOn } from '../engine/start.ts'

interface Data {
  userId: string
}

/** A victim logged in, and what the store hears from now on. */
async function victim() {
  const started = startOn<Data, ReturnType<typeof count>>(count)
  await started.browser.request((session) => session.set('userId', 'victim'))
  started.store.resetCalls()
  const [token = '', signature = ''] = (started.browser.ticket ?? '').split('.')
  /** What somebody is who sends this value. */
  const send = async (value: string): Promise<unknown> => {
    const { session } = await started.sessions.open(`${started.sessions.cookieName}=${value}`)
    return session.toJSON()
  }
  return { ...started, token, signature, send }
}

function count(store: ReturnType<typeof start>['memory']) {
  return interceptStore(store, (_operation, run) => run(), {})
}

/** Every one of these values is nobody's, and none of them is worth a question to the store. */
async function expectNobody(
  values: (parts: { token: string; signature: string }) => Iterable<string>,
): Promise<void> {
  const { send, store, token, signature } = await victim()
  let tried = 0
  for (const value of values({ token, signature })) {
    expect(await send(value)).toEqual({})
    tried++
  }
  expect(tried).toBeGreaterThan(0)
  expect(store.calls.get).toBe(0)
  expect(await send(`${token}.${signature}`)).toEqual({ userId: 'victim' })
}

describe('[A03] case tricks', () => {
  test.each(['sid', '__Host-Http-sid'])(
    'a name that differs from %s in its case only is another one [A03]',
    async (name) => {
      const { browser, sessions } = start<Data>({ cookie: { name, secure: true } })
      await browser.request((session) => session.set('userId', 'victim'))
      for (const other of [
        name.toUpperCase(),
        `${name[0]}${name.slice(1, -1).toLowerCase()}D`,
        name.replace('sid', 'Sid'),
        's\u0131d',
      ]) {
        expect((await sessions.open(`${other}=${browser.ticket}`)).session.toJSON()).toEqual({})
        expect((await sessions.open(`${other}=x; ${browser.cookie}`)).session.userId).toBe('victim')
      }
    },
  )
})

describe('[A04] a jar overflowed by page scripts', () => {
  test('10,000 cookies of our name are nobody, without an error and without a question to the store [A04] [A10]', async () => {
    const { sessions, browser, store } = await victim()
    const flood = Array.from({ length: 10_000 }, (_, index) => `${sessions.cookieName}=${index}`).join('; ')
    expect((await sessions.open(flood)).session.toJSON()).toEqual({})
    expect((await sessions.open(`${flood}; ${browser.cookie}`)).session.toJSON()).toEqual({})
    expect(store.calls.get).toBe(0)
  })

  test('a visitor whose cookie was evicted is anonymous, and gets a session of his own when he writes [A04]', async () => {
    const { sessions, memory } = await victim()
    const evicted = new Browser(sessions)
    expect(await evicted.look()).toEqual({})
    await evicted.request((session) => session.set('userId', 'back again'))
    expect(memory.count()).toBe(2)
  })
})

describe('[A05] signature stripping', () => {
  test('no form without both parts reaches the store [A05]', () =>
    expectNobody(({ token, signature }) => [
      token,
      `${token}.`,
      `.${signature}`,
      `s:${token}`,
      `s:${token}.${signature}`,
      `${token}..${signature}`,
      `${token}.${signature}.`,
      `.${token}.${signature}`,
      `${token}.${signature}.${signature}`,
      `${token}:${signature}`,
      '',
      '.',
      '..',
      '.'.repeat(87),
      `${token}.none`,
      `${token}.null`,
      `${token}.undefined`,
      `${token}.${'0'.repeat(43)}`,
      `${token}.${' '.repeat(43)}`,
    ]))
})

describe('[A06] signature truncation', () => {
  test('no prefix of the signature, and none with more behind it, reaches the store [A06] [C61]', () =>
    expectNobody(function* ({ token, signature }) {
      for (let length = 0; length < 43; length++) yield `${token}.${signature.slice(0, length)}`
      for (const more of ['A', 'AA', 'AAA', '=', '==', '\0']) yield `${token}.${signature}${more}`
      for (let length = 0; length < 43; length++) yield `${token.slice(0, length)}.${signature}`
    }))
})

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Other texts that a lenient base64 decoder takes for the same bytes. */
function otherSpellings(part: string): string[] {
  const bytes = Buffer.from(part, 'base64url')
  const others = [...[...LETTERS].map((letter) => part.slice(0, 42) + letter), ...standardAlphabet(part)]
  others.push(
    `${part}=`,
    `${part}!`,
    `${part.slice(0, 9)} ${part.slice(9)}`,
    `${part.slice(0, 9)}\n${part.slice(9)}`,
  )
  return others.filter((other) => other !== part && Buffer.from(other, 'base64url').equals(bytes))
}

function standardAlphabet(part: string): string[] {
  return [part.replaceAll('-', '+').replaceAll('_', '/'), part.replace('-', '+'), part.replace('_', '/')]
}

describe('[A07] malleable signatures', () => {
  test('no other spelling of the same bytes reaches the store [A07]', () =>
    expectNobody(function* ({ token, signature }) {
      const tokens = otherSpellings(token)
      const signatures = otherSpellings(signature)
      // Three last letters and four fillings each, at least.
      expect(Math.min(tokens.length, signatures.length)).toBeGreaterThanOrEqual(7)
      for (const other of tokens) yield `${other}.${signature}`
      for (const other of signatures) yield `${token}.${other}`
      yield `${Buffer.from(token, 'base64url').toString('hex')}.${signature}`
    }))
})

describe('[A08] Unicode, percent signs and quotes', () => {
  test('nothing is decoded, folded or normalised on the way to a ticket [A08] [C71]', () =>
    expectNobody(({ token, signature }) => [
      encodeURIComponent(`${token}.${signature}`).replace('.', '%2E'),
      `%${token.charCodeAt(0).toString(16)}${token.slice(1)}.${signature}`,
      `%25${token.charCodeAt(0).toString(16)}${token.slice(1)}.${signature}`,
      `"${token}.${signature}"`,
      `'${token}.${signature}'`,
      `${token}\uff0e${signature}`,
      `\uff21${token.slice(1)}.${signature}`,
      `e\u0301${token.slice(2)}.${signature}`,
      `${token}.${signature}`.toUpperCase(),
      `${token}.${signature}`.toLowerCase(),
      `+${token.slice(1)}.${signature}`,
      '\ud800'.repeat(87),
      `\ufeff${token}.${signature}`,
      '%E0%A4%A',
      '%',
      '%%%',
      '\u0130'.repeat(43),
    ]))
})

describe('[A09] control characters', () => {
  const CODES = [...Array.from({ length: 32 }, (_, code) => code), 0x7f, 0x80, 0x85, 0xa0, 0xe9, 0xff, 0x2028]

  test('none inside a ticket is passed over [A09]', () =>
    expectNobody(function* ({ token, signature }) {
      for (const code of CODES) {
        const char = String.fromCharCode(code)
        yield `${token.slice(0, 20)}${char}${token.slice(20)}.${signature}`
        yield `${token.slice(0, 20)}${char}${token.slice(21)}.${signature}`
        yield `${token}${char}.${signature}`
      }
    }))

  test('none around a pair is, but the blank and the tab that a header may have [A09] [C20]', async () => {
    const { sessions, browser } = await victim()
    for (const code of CODES) {
      const char = String.fromCharCode(code)
      const { session } = await sessions.open(`a=1;${char}${browser.cookie}${char};b=2`)
      expect(session.has('userId'), `U+${code.toString(16)}`).toBe(char === '\t')
    }
  })
})

describe('[A10] very long cookies', () => {
  test('a value of 4 KB, 15 KB or 1 MB is nobody, and is not hashed [A10]', () =>
    expectNobody(function* ({ token, signature }) {
      for (const length of [4_096, 15_000, 1_000_000]) {
        yield 'A'.repeat(length)
        yield `${token}.${signature}${'A'.repeat(length)}`
        yield `${'A'.repeat(length)}${token}.${signature}`
      }
    }))

  test('10,000 pairs and 100,000 semicolons before the good one do not hide it [A10]', async () => {
    const { sessions, browser } = await victim()
    for (const junk of ['a=b; '.repeat(10_000), ';'.repeat(100_000), `${'x'.repeat(100_000)}; `]) {
      expect((await sessions.open(junk + browser.cookie)).session.has('userId')).toBe(true)
    }
  })
})

describe('[A11] hostile names', () => {
  test('in the header are like any others [A11]', async () => {
    const { sessions, browser } = await victim()
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '']) {
      const { session } = await sessions.open(`${name}=${browser.ticket}; ${name}=x`)
      expect(session.toJSON()).toEqual({})
      expect((await sessions.open(`${name}=x; ${browser.cookie}`)).session.has('userId')).toBe(true)
    }
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'as our own name, %s works like any other [A11]',
    async (name) => {
      const { browser, sessions } = start<Data>({ cookie: { name } })
      await browser.request((session) => session.set('userId', 'ann'))
      expect(sessions.cookieName).toBe(name)
      expect(await browser.look()).toEqual({ userId: 'ann' })
    },
  )

  test.each([
    '',
    ' ',
    'a b',
    'a=b',
    'a;b',
    'a,b',
    'a\tb',
    'a\r\nSet-Cookie: x=1',
    'é',
    '"a"',
    '(a)',
    '{a}',
    'a\0',
  ])('as our own name, %j does not start [A11] [A16]', (name) => {
    expect(() => start<Data>({ cookie: { name } })).toThrow(expect.objectContaining({ name: 'ConfigError' }))
  })
})

describe('[A13] enumeration', () => {
  test('10,000 well-formed tickets are answered like no cookie at all, at the price of no store call [A13]', async () => {
    const { sessions, store } = await victim()
    const answer = async (cookie: string | null): Promise<string> => {
      const passage = await sessions.open(cookie)
      const shown = JSON.stringify([passage.session, passage.session.isNew])
      const effects = await passage.commit()
      return `${shown} ${effects?.setCookie ?? 'no cookie'}`
    }
    const nobody = await answer(null)
    const random = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
    for (let count = 0; count < 10_000; count++) {
      expect(await answer(`${sessions.cookieName}=${random()}.${random()}`)).toBe(nobody)
    }
    expect(store.calls.get).toBe(0)
  })

  test('a ticket of a session that has ended is answered like no cookie at all, after one read [A13] [C02]', async () => {
    const { sessions, browser, store } = await victim()
    await browser.copy().request((session) => session.destroy())
    store.resetCalls()
    const passage = await sessions.open(browser.cookie)
    expect([passage.session.toJSON(), passage.session.isNew]).toEqual([{}, true])
    expect((await passage.commit())?.setCookie ?? null).toBeNull()
    expect({ ...store.calls }).toMatchObject({ get: 1, set: 0, create: 0, replace: 0, touch: 0, destroy: 0 })
  })
})

describe('[A31] confusion between apps', () => {
  test('with one secret and one store, a ticket of one cookie name is nothing under another [A31]', async () => {
    const { memory, clock } = start<Data>()
    const app = (name: string) =>
      start<Data>({ store: memory, now: clock.now, secret: SECRET, cookie: { name } })
    const [one, two] = [app('one'), app('two')]
    await one.browser.request((session) => session.set('userId', 'admin of one'))
    const stolen = new Browser<Data>(two.sessions, one.browser.ticket)
    expect(await stolen.look()).toEqual({})
    expect(await one.browser.look()).toEqual({ userId: 'admin of one' })
  })

  test('with one secret and one name, a session of one store is nothing in another [A31]', async () => {
    const [one, two] = [start<Data>(), start<Data>()]
    await one.browser.request((session) => session.set('userId', 'admin of one'))
    expect(await new Browser<Data>(two.sessions, one.browser.ticket).look()).toEqual({})
  })

  test('two managers in one request keep their sessions apart [A31]', async () => {
    const [site, admin] = [
      start<Data>({ cookie: { name: 'site' } }),
      start<Data>({ cookie: { name: 'admin' } }),
    ]
    await site.browser.request((session) => session.set('userId', 'ann'))
    await admin.browser.request((session) => session.set('userId', 'root'))
    const header = `${site.browser.cookie}; ${admin.browser.cookie}`
    expect((await site.sessions.open(header)).session.userId).toBe('ann')
    expect((await admin.sessions.open(header)).session.userId).toBe('root')
  })
})
