import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { SessionError } from '../../src/core/errors.ts'
import { isSessionError } from '../../src/core/errors.ts'
import { createSessions } from '../../src/core/sessions.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { SECRET } from '../engine/start.ts'

/** Builds a manager from options no type checker has seen, as JavaScript callers do. */
function build(options: unknown): unknown {
  return Reflect.apply(createSessions, undefined, [options])
}

/** What building with one setting changed throws; `null` when it starts. */
function failureOf(options: object): SessionError | null {
  try {
    build({ secret: SECRET, store: new MemorySessionStore(), ...options })
    return null
  } catch (error) {
    if (isSessionError(error)) return error
    throw error
  }
}

const WEAK_SECRETS: ReadonlyArray<[string, unknown]> = [
  ['missing', undefined],
  ['null', null],
  ['empty', ''],
  ['of one character', 'x'],
  ['the classic', 'keyboard cat'],
  ['of 31 characters', SECRET.slice(0, 31)],
  ['one character repeated', 'a'.repeat(64)],
  ['two characters repeated', 'ab'.repeat(32)],
  ['a word repeated', 'secret'.repeat(12)],
  ['of few characters, in no order', 'abbabaabbaababbaabbabaabbabaabbabaab'],
  ['the classic repeated', 'keyboard cat keyboard cat keyboard cat'],
  ['twice the same', 'Tr0ub4dor&3-xkcd'.repeat(2)],
  ['twice the same, with something between', 'correct horse battery, correct horse battery'],
  ['begun anew at its end', '0123456789abcdef0123456789abcdef012'],
  ['a list of none', []],
  ['a list of a missing one', [undefined]],
  ['a list whose first is missing', [undefined, SECRET]],
  ['a list whose first is short', ['short', SECRET]],
  ['a list whose second is short', [SECRET, 'short']],
  ['a list whose last is repeated characters', [SECRET, SECRET.toUpperCase(), 'ab'.repeat(32)]],
  ['a list with an empty one', [SECRET, '']],
  ['a list with null', [SECRET, null]],
  ['a number', 1e40],
  ['an object', { length: 64 }],
  ['bytes', new Uint8Array(64)],
  ['true', true],
]

describe('a secret that is', () => {
  test.each(WEAK_SECRETS)('%s does not start [P12] [C60]', (_name, secret) => {
    expect(failureOf({ secret })).toMatchObject({
      name: 'ConfigError',
      code: 'ERR_CONFIG_INSECURE',
      message: expect.stringMatching(/secret/),
    })
  })

  test.each(WEAK_SECRETS)('%s is told with its fix and without itself [P12] [A28]', (_name, secret) => {
    const error = failureOf({ secret })
    const whole = inspect(error, { depth: 9, showHidden: true })
    expect(error?.message).toMatch(/coatcheck secret/)
    for (const one of [secret].flat()) {
      if (typeof one === 'string' && one.length > 4 && !'secret'.includes(one.slice(0, 6))) {
        expect(error?.message).not.toContain(one)
        expect(whole.slice(0, whole.indexOf('    at '))).not.toContain(one)
      }
    }
  })

  test('weak in a list is told by its place [P12]', () => {
    expect(failureOf({ secret: [SECRET, 'short'] })?.message).toMatch(/^secret\[1\] has 5 characters; 32 /)
    expect(failureOf({ secret: ['short', SECRET] })?.message).toMatch(/^secret\[0\] /)
    expect(failureOf({ secret: 'short' })?.message).toMatch(/^secret has 5 /)
  })

  test.each([
    ['of 32 characters', SECRET.slice(0, 32)],
    ['that ends as it begins', `${SECRET}, and ${SECRET.slice(0, 20)}`],
    ['of 64 hexadecimal digits', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['a list of one', [SECRET]],
    ['a list with a missing older one', [SECRET, undefined]],
  ])('%s starts [P12]', (_name, secret) => {
    expect(failureOf({ secret })).toBeNull()
  })

  test('weak is refused in production, development and test alike: there is no unsigned mode [P12]', () => {
    const before = process.env.NODE_ENV
    try {
      for (const mode of ['production', 'development', 'test']) {
        process.env.NODE_ENV = mode
        expect(failureOf({ secret: undefined })?.code).toBe('ERR_CONFIG_INSECURE')
        expect(failureOf({ secret: 'keyboard cat' })?.code).toBe('ERR_CONFIG_INSECURE')
      }
    } finally {
      process.env.NODE_ENV = before
    }
  })
})

const DURATIONS = ['idleTimeout', 'absoluteTimeout', 'storeTimeout'] as const
const BAD_DURATIONS: readonly unknown[] = [
  0,
  -1,
  0.4,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  400 * 86_400_000 + 1,
  '401d',
  '30',
  '30 m',
  '30M',
  '1w',
  'm',
  '',
  '-5m',
  '1e3s',
  '5m5s',
  '٣٠m',
  null,
  true,
  {},
  [30],
  new Date(),
  30n,
]

describe.each(DURATIONS)('a %s that is no duration does not start', (option) => {
  test.each(BAD_DURATIONS.map((value) => [inspect(value), value]))('%s [P12]', (_shown, value) => {
    expect(failureOf({ [option]: value })).toMatchObject({
      name: 'ConfigError',
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringMatching(new RegExp(`^${option} .*'30m'`)),
    })
  })

  test.each([1_000, '1s', '90s', '30m', '24h', '400d', '1.5h'])('while %s starts [P12]', (value) => {
    expect(failureOf({ [option]: value })).toBeNull()
  })
})

describe('a setting that cannot work does not start', () => {
  const WRONG: ReadonlyArray<[string, object, RegExp]> = [
    ['an unknown option', { lifetime: 60 }, /^lifetime is not an option; known are secret, store,/],
    ['a misspelt option', { idleTimeOut: '30m' }, /^idleTimeOut is not an option/],
    [
      'what nobody has to set',
      { saveUninitialized: false },
      /^saveUninitialized .*is not saved; leave it out/,
    ],
    ['what others call otherwise', { encryptionKey: 'x' }, /^encryptionKey is not an option; say secret\.$/],
    [
      'the time to live of others',
      { ttl: 60 },
      /^ttl is not an option; say idleTimeout, how long without use/,
    ],
    ['… on the cookie', { cookie: { maxAge: 60 } }, /^cookie\.maxAge is not an option: say idleTimeout/],
    ['of the cookie, where koa-session has it', { sameSite: 'lax' }, /^sameSite .* say cookie\.sameSite\.$/],
    ['a cookie that scripts see, likewise', { httpOnly: false }, /always HttpOnly; leave it out/],
    ['a cookie that scripts see', { cookie: { httpOnly: false } }, /always HttpOnly; leave it out/],
    [
      'an idle timeout over the absolute one',
      { idleTimeout: '2d', absoluteTimeout: '1d' },
      /^idleTimeout .*absoluteTimeout/,
    ],
    ['no store', { store: undefined }, /^store must have.*MemorySessionStore/],
    ['a store of null', { store: null }, /^store /],
    [
      'a store without destroy',
      { store: { get() {}, set() {} } },
      /^store must have the methods get, set and destroy/,
    ],
    ['a store by its address', { store: 'redis://me:pw@host' }, /^store must have .*\(got a text\)/],
    ['a store of nothing much', { store: 7 }, /^store must have .*\(got 7\)/],
    ['the class of a store', { store: MemorySessionStore }, /^store is a class; .*new MemorySessionStore/],
    [
      'an idle timeout of milliseconds that were meant as minutes',
      { idleTimeout: 30 },
      /30 minutes are '30m'/,
    ],
    ['an absolute timeout under a second', { absoluteTimeout: '999ms' }, /^absoluteTimeout is 999 ms/],
    ['sameSite as others have it', { cookie: { sameSite: true } }, /'strict' or 'none' \(got true\)/],
    ['secure as others have it', { cookie: { secure: 'auto' } }, /^cookie.secure must be true or false/],
    ['maxBytes of nothing', { maxBytes: 0 }, /^maxBytes /],
    ['maxBytes as text', { maxBytes: '64kb' }, /^maxBytes .*got the text '64kb'/],
    ['maxBytes without end', { maxBytes: Number.POSITIVE_INFINITY }, /^maxBytes /],
    ['maxBytes of half a byte', { maxBytes: 100.5 }, /^maxBytes /],
    ['an unknown choice', { onStoreFailure: 'ignore' }, /^onStoreFailure must be 'fail' or 'anonymous'/],
    ['a choice of true', { onStoreFailure: true }, /^onStoreFailure .*got true/],
    ['a clock that is a time', { now: 5 }, /^now must be a function .*got 5/],
    ['a user that is a key', { user: 'userId' }, /^user must be a function .*got the text 'userId'/],
    ['a schema that is a function', { schema: () => true }, /^schema does not speak Standard Schema/],
    ['a schema that is empty', { schema: {} }, /^schema /],
    ['a cookie that is a name', { cookie: 'sid' }, /^cookie must be an object/],
    ['a cookie that is a list', { cookie: [] }, /^cookie must be an object.*got an array/],
    ['a cookie not yet there', { cookie: (async () => ({}))() }, /^cookie must .*got a promise, .*awaited/],
    ['a cookie that is a Map', { cookie: new Map([['path', '/']]) }, /^cookie must be .*got a Map\)/],
    ['a store not yet there', { store: (async () => ({}))() }, /^store must .*got a promise, .*awaited/],
    ['a cookie with an unknown option', { cookie: { maxage: 1 } }, /^cookie\.maxage is not an option/],
  ]
  test.each(WRONG)('%s [P12]', (_name, options, message) => {
    expect(failureOf(options)).toMatchObject({
      name: 'ConfigError',
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringMatching(message),
      retryable: false,
    })
  })

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [SECRET, 'a string'],
    [5, 'a number'],
    [[], 'an array'],
    [Promise.resolve({ secret: SECRET }), 'a promise, which is to be awaited first'],
    [new Map([['secret', SECRET]]), 'a Map'],
  ])('options of %j [P12]', (options, kind) => {
    const message = `options must be an object with at least secret and store (got ${kind}).`
    expect(() => build(options)).toThrow(expect.objectContaining({ name: 'ConfigError', message }))
  })

  test('and none of its messages holds the secret [P12] [A28]', () => {
    for (const [, options] of WRONG) {
      expect(inspect(failureOf(options), { depth: 9 })).not.toContain(SECRET)
    }
  })
})
