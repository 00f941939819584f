import { isPromise } from './awaitable.ts'
import { copyJson } from './data-text.ts'
import { type Duration, parseLifetime, parseTimeout } from './duration.ts'
import { ConfigError } from './errors.ts'
import { touchInterval } from './expiry.ts'
import { adviceOn } from './foreign-options.ts'
import type { Secrets } from './key-ring.ts'
import type { OptionNames } from './option-names.ts'
import { isOptions, kindOf } from './option-object.ts'
import type { Policy } from './policy.ts'
import { type DataSchema, validatorOf } from './schema.ts'
import type { CookieOptions } from './session-cookie.ts'
import { shownValue } from './shown-value.ts'
import type { SessionStore } from './store.ts'
import { checkStore } from './usable-store.ts'

/** The settings of {@link createSessions}. Only `secret` and `store` are required; everything else starts safe. */
export interface SessionsOptions<Data extends object> {
  /**
   * What tickets are signed with: at least 32 random characters (`coatcheck secret` prints one). A list, newest
   * first, changes the secret without logging anybody out: the first signs, all verify. Where several processes are
   * replaced one by one, in two steps: first `[OLD, NEW]` everywhere, then `[NEW, OLD]`. Entries that are
   * `undefined` are passed over, so an old secret's environment variable can simply be removed.
   */
  secret: Secrets
  /** Where records live. */
  store: SessionStore
  /** How the cookie is named and where it goes. Default: host-only, `HttpOnly`, `Secure`, `SameSite=Lax`. */
  cookie?: CookieOptions
  /**
   * Longest time without use, counted from the last request that used the session. Default `'24h'`, from a second
   * to 400 days. Use is noted at most once per twentieth of it (or 5 minutes, if that is less), so a session may end that much early.
   */
  idleTimeout?: Duration
  /** Longest time in all, counted from the session's beginning or its user's last sign-in. Default `'30d'`, from a second to 400 days. */
  absoluteTimeout?: Duration
  /**
   * Tells from the data whom a session belongs to. When that changes, the id changes by itself.
   * A number counts as its text; `null`, `undefined` and `''` are nobody. Default: `data.userId`, as text.
   */
  user?: (data: Partial<Data>) => string | number | null | undefined
  /**
   * Describes the data, in zod, valibot, arktype or any Standard Schema. Data that does not fit is no session when
   * loaded, and an error when saved. Default: none, any data goes.
   */
  schema?: DataSchema<Data>
  /** Most bytes of JSON a session's data may take: a whole number, at least 2. Default 65,536. */
  maxBytes?: number
  /**
   * What a request gets whose session cannot be loaded. `'fail'`: a {@link StoreError}, status 503.
   * `'anonymous'`: an empty session; saving it is still an error, so nothing is overwritten. Default `'fail'`.
   */
  onStoreFailure?: 'fail' | 'anonymous'
  /** Longest wait for one answer of the store, above zero. Default `'2s'`; more than 24.8 days count as that. */
  storeTimeout?: Duration
  /** The clock: milliseconds since the epoch. For tests. Default `Date.now`. */
  now?: () => number
}

const KNOWN: { [Option in keyof Required<SessionsOptions<object>>]: true } = {
  secret: true,
  store: true,
  cookie: true,
  idleTimeout: true,
  absoluteTimeout: true,
  user: true,
  schema: true,
  maxBytes: true,
  onStoreFailure: true,
  storeTimeout: true,
  now: true,
}
/** The names of the options. */
export const SESSIONS_OPTIONS: readonly string[] = Object.keys(KNOWN)
const DEFAULT_MAX_BYTES = 65_536
const NOBODY = ['null', 'false', '""']

/**
 * Checks the settings and fills in the defaults.
 * @param name - How messages call them.
 * @throws {ConfigError} a setting is unknown, missing, of the wrong type or out of range.
 */
export function resolvePolicy<Data extends object>(
  options: SessionsOptions<Data>,
  name: OptionNames,
): Policy {
  checkNames(options, name)
  checkStore(options.store, name('store'))
  if (options.cookie !== undefined && !isOptions(options.cookie)) {
    throw invalid(name('cookie'), "must be an object, such as { sameSite: 'strict' }", options.cookie)
  }
  // Defaults stand for what was left out, and not for a null that came from somewhere by mistake.
  const { idleTimeout = '24h', absoluteTimeout = '30d', storeTimeout = '2s' } = options
  const { maxBytes = DEFAULT_MAX_BYTES, onStoreFailure = 'fail', now = clock } = options
  const idle = parseLifetime(idleTimeout, name('idleTimeout'))
  const absolute = parseLifetime(absoluteTimeout, name('absoluteTimeout'))
  if (idle > absolute && options.idleTimeout !== undefined && options.absoluteTimeout !== undefined) {
    throw invalid(
      name('idleTimeout'),
      'is longer than absoluteTimeout, so it could never apply; shorten it or leave it out',
    )
  }
  const lifetime = { idle: Math.min(idle, absolute), absolute }
  return {
    ...lifetime,
    touchInterval: touchInterval(lifetime),
    maxBytes: checkMaxBytes(maxBytes, name('maxBytes')),
    userOf: checkUser(options.user, name('user')),
    validate: validatorOf(options.schema, name('schema')),
    onStoreFailure: checkChoice(onStoreFailure, name('onStoreFailure')),
    storeTimeout: parseTimeout(storeTimeout, name('storeTimeout')),
    now: checkClock(now, name('now')),
  }
}

function checkNames(options: object, named: OptionNames): void {
  if (!isOptions(options)) {
    throw invalid('options', `must be an object with at least secret and store (got ${kindOf(options)})`)
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(KNOWN, name)) continue
    const instead = adviceOn(name, named) ?? `known are ${SESSIONS_OPTIONS.map(named).join(', ')}`
    throw invalid(named(name), `is not an option; ${instead}`)
  }
}

function checkMaxBytes(maxBytes: number, option: string): number {
  if (Number.isSafeInteger(maxBytes) && maxBytes >= 2) return maxBytes
  throw invalid(option, 'must be a whole number of bytes, at least 2', maxBytes)
}

function checkUser<Data extends object>(
  user: ((data: Partial<Data>) => string | number | null | undefined) | undefined,
  option: string,
): Policy['userOf'] {
  if (user === undefined) return (data) => idText(data.userId)
  if (typeof user !== 'function')
    throw invalid(option, 'must be a function from the data to a text or undefined', user)
  // Asked of the data as it will be read back, and not of objects that turn into something else on the way.
  return (data) => {
    const id: unknown = Reflect.apply(user, undefined, [copyJson(data)])
    // A promise is written as {}: everybody would be one and the same user, and no sign-in would change an id.
    if (isPromise(id))
      throw invalid(option, 'must answer with a text or undefined at once, not with a promise')
    return idText(id)
  }
}

/**
 * Makes a text of whatever names a user. Databases number theirs, or have objects for ids: what counts is what JSON
 * makes of them. Anything but "none" names somebody, so that no way of writing an id escapes the change of session id.
 */
function idText(id: unknown): string | undefined {
  // Most ids are texts, and those JSON leaves as they are.
  if (typeof id === 'string') return id === '' ? undefined : id
  const text = JSON.stringify(id)
  if (text === undefined || NOBODY.includes(text)) return undefined
  return text.startsWith('"') ? JSON.parse(text) : text
}

function checkChoice(choice: unknown, option: string): 'fail' | 'anonymous' {
  if (choice === 'fail' || choice === 'anonymous') return choice
  throw invalid(option, "must be 'fail' or 'anonymous'", choice)
}

/** Asks for the function each time: tests that put a clock of theirs in its place do so after the app was made. */
function clock(): number {
  return Date.now()
}

function checkClock(now: unknown, option: string): () => number {
  if (typeof now !== 'function')
    throw invalid(option, 'must be a function that gives milliseconds since the epoch', now)
  if (now === clock || now === Date.now) return clock
  return () => {
    const time = Math.floor(Number(now()))
    // Written down, a time that is no number would make a session that nothing can judge.
    if (!Number.isFinite(time)) throw invalid(option, 'gave something that is not a number of milliseconds')
    return time
  }
}

function invalid(option: string, fault: string, ...given: [value?: unknown]): ConfigError {
  const got = given.length === 0 ? '' : ` (got ${shownValue(given[0])})`
  return new ConfigError('ERR_CONFIG_INVALID', `${option} ${fault}${got}.`)
}
