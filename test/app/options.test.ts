import { expect, test } from 'vitest'
import { resolveAppOptions } from '../../src/app/app-options.ts'
import { createApp } from '../../src/app/index.ts'
import { ConfigError, isSessionError } from '../../src/index.ts'
import { SECRET } from './serving.ts'

type Options = Parameters<typeof createApp>[0]

/** Options as JavaScript would let them through. */
function unchecked(options: object): Options {
  return { sessionSecret: SECRET, ...options }
}

test.each<[string, object, string]>([
  ['an option it does not know', { secret: SECRET }, 'secret is not an option of createApp'],
  ['an option of sessions in the wrong place', { idleTimeout: '1h' }, 'Options of sessions go under session'],
  ['an unknown option of sessions', { session: { idle: '1h' } }, 'session.idle is not an option; known are'],
  [
    'a setting of another library beside the session',
    { cookieName: 'shop' },
    'cookieName is not an option of createApp; say session.cookie.name.',
  ],
  [
    'a setting of another library',
    { session: { password: SECRET } },
    'session.password is not an option; say sessionSecret',
  ],
  ['a timeout of sessions that is none', { session: { idleTimeout: 'soon' } }, 'session.idleTimeout is not'],
  [
    'an unknown cookie option',
    { session: { cookie: { maxAge: 1 } } },
    'session.cookie.maxAge is not an option: say session.idleTimeout',
  ],
  ['a schema that is none', { session: { schema: {} } }, 'session.schema does not speak'],
  ['secure that is neither', { secureCookies: 'auto' }, 'secureCookies must be true or false'],
  ['a name that no cookie can have', { sessionCookieName: 'a b' }, 'sessionCookieName must be one or more'],
  [
    'sameSite that is none',
    { session: { cookie: { sameSite: true } } },
    "session.cookie.sameSite must be 'lax', 'strict' or 'none' (got true)",
  ],
  ['a name that is none', { sessionCookieName: 7 }, 'sessionCookieName must be a text'],
  [
    'secure that is neither, in its other place',
    { session: { cookie: { secure: 'auto' } } },
    'session.cookie.secure must be true or false',
  ],
  ['a second secret', { session: { secret: SECRET } }, 'session.secret is given as sessionSecret'],
  ['a second store', { session: { store: {} } }, 'session.store is given as sessionStore'],
  ['session that is none', { session: 'strict' }, 'session must be an object'],
  ['a list as session', { session: [] }, "such as { idleTimeout: '30m' } (got an array)"],
  ['a promise as session', { session: (async () => ({}))() }, 'session must be an object'],
  [
    'a promise as session',
    { session: (async () => ({}))() },
    '(got a promise, which is to be awaited first)',
  ],
  ['a Map as session', { session: new Map([['idleTimeout', '5m']]) }, '(got a Map)'],
  [
    'a promise as cookie',
    { session: { cookie: (async () => ({ sameSite: 'strict' }))() } },
    '(got a promise, which is to be awaited first)',
  ],
  [
    'a promise as cookie, beside settings of the app',
    { secureCookies: true, session: { cookie: (async () => ({ sameSite: 'strict' }))() } },
    '(got a promise, which is to be awaited first)',
  ],
  ['a cookie that is null', { session: { cookie: null } }, 'session.cookie must be an object'],
  ['a number as cookie', { session: { cookie: 5 } }, 'session.cookie must be an object'],
  ['a list as cookie', { session: { cookie: [] } }, 'session.cookie must be an object'],
  ['a symbol as cookie', { session: { cookie: Symbol('x') } }, 'session.cookie must be an object'],
  [
    'a function as cookie, as express-session takes one',
    { secureCookies: true, session: { cookie: () => ({ sameSite: 'strict' }) } },
    'session.cookie must be an object',
  ],
  ['a store that is null', { sessionStore: null }, 'sessionStore must have the methods get, set and destroy'],
  ['a body limit that is null', { bodyLimit: null }, 'bodyLimit must be a whole number of bytes'],
  ['a timeout that is null', { answerTimeout: null }, 'answerTimeout is not a usable duration (got null)'],
  [
    'a close timeout that is null',
    { closeTimeout: null },
    'closeTimeout is not a usable duration (got null)',
  ],
  ['a reporter that is null', { onError: null }, 'onError must be a function'],
  ['a store that is none', { sessionStore: {} }, 'sessionStore must have the methods get, set and destroy'],
  [
    'secure given twice',
    { secureCookies: true, session: { cookie: { secure: true } } },
    'secureCookies and session.cookie.secure are the same setting',
  ],
  [
    'the name given twice',
    { sessionCookieName: 'a', session: { cookie: { name: 'b' } } },
    'sessionCookieName and session.cookie.name are the same setting',
  ],
  ['a body limit that is none', { bodyLimit: '1mb' }, 'bodyLimit must be a whole number of bytes'],
  ['a negative body limit', { bodyLimit: -1 }, 'bodyLimit must be a whole number of bytes'],
  ['a timeout that is none', { answerTimeout: 'soon' }, 'answerTimeout is not a usable duration'],
  ['a close timeout that is none', { closeTimeout: 0 }, 'closeTimeout is not a usable duration'],
  ['a reporter that is none', { onError: 'log' }, 'onError must be a function'],
])('createApp refuses %s [P12]', (_what, options, message) => {
  expect(() => createApp(unchecked(options))).toThrow(ConfigError)
  expect(() => createApp(unchecked(options))).toThrow(message)
})

test.each<[string, Options['sessionSecret'], string]>([
  ['none', undefined, 'sessionSecret is missing'],
  ['an empty one', '', 'sessionSecret is missing'],
  ['a short one', 'secret', 'sessionSecret has 6 characters; 32 is the least that is safe'],
  ['a repeated one', 'ab'.repeat(20), 'sessionSecret repeats a few characters'],
  ['an empty list', [], 'sessionSecret is missing'],
  ['a missing newest', [undefined, SECRET], 'sessionSecret[0] is missing'],
  ['a short older', [SECRET, 'old'], 'sessionSecret[1] has 3 characters'],
])('createApp refuses as a secret %s [P12]', (_what, sessionSecret, message) => {
  expect(() => createApp({ sessionSecret })).toThrow(message)
})

test.each(['30d', 3e9] as const)('a timeout of %s is the longest that timers can count to', (timeout) => {
  const options = { sessionSecret: SECRET, answerTimeout: timeout, closeTimeout: timeout }
  expect(resolveAppOptions(options)).toMatchObject({
    answerTimeout: 2_147_483_647,
    closeTimeout: 2_147_483_647,
  })
})

/** Settings as a class has them that reads them from somewhere: none is a property of the object's own. */
class Settings {
  get idleTimeout(): '10m' {
    return '10m'
  }
  get cookie(): { readonly sameSite: 'strict' } {
    return new (class {
      get sameSite(): 'strict' {
        return 'strict'
      }
    })()
  }
}

test.each<[string, Partial<Options>]>([
  ['', {}],
  [' beside settings of the app', { secureCookies: true, sessionCookieName: 'shop' }],
])('settings of sessions that are getters of a class count%s', (_where, others) => {
  const { sessions } = resolveAppOptions({ sessionSecret: SECRET, session: new Settings(), ...others })
  expect(sessions.idleTimeout).toBe('10m')
  expect(sessions.cookie?.sameSite).toBe('strict')
})

test('a secret that is a getter of the settings of sessions is refused', () => {
  class WithSecret extends Settings {
    get secret(): string {
      return SECRET
    }
  }
  const options = unchecked({ session: new WithSecret() })
  expect(() => createApp(options)).toThrow('session.secret is given as sessionSecret')
})

test('createApp needs options', () => {
  // @ts-expect-error what JavaScript would let through
  expect(() => createApp()).toThrow('createApp needs an object with at least sessionSecret (got undefined)')
  // @ts-expect-error likewise
  expect(() => createApp((async () => ({}))())).toThrow('(got a promise, which is to be awaited first)')
})

test('a message never holds the secret', () => {
  try {
    createApp({ sessionSecret: 'hunter2hunter2' })
  } catch (error) {
    expect(isSessionError(error, 'ERR_CONFIG_INSECURE')).toBe(true)
    expect(String(error)).not.toContain('hunter2')
  }
  expect.assertions(2)
})
