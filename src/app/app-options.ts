import { type Duration, parseTimeout } from '../core/duration.ts'
import { ConfigError } from '../core/errors.ts'
import { adviceOn } from '../core/foreign-options.ts'
import type { Secrets } from '../core/key-ring.ts'
import type { OptionNames } from '../core/option-names.ts'
import { isOptions, kindOf } from '../core/option-object.ts'
import { SESSIONS_OPTIONS, type SessionsOptions } from '../core/options.ts'
import { COOKIE_OPTIONS, type CookieOptions } from '../core/session-cookie.ts'
import type { SessionStore } from '../core/store.ts'
import { MemorySessionStore } from '../stores/memory.ts'
import type { ErrorReporter } from './error-handling.ts'

/** The settings of an app's sessions beside secret and store: those of `createSessions`. */
export type AppSessionOptions<Data extends object> = Omit<SessionsOptions<Data>, 'secret' | 'store'>

/** The settings of {@link createApp}. Only `sessionSecret` is required. */
export interface AppOptions<Data extends object> {
  /**
   * What sessions are signed with: at least 32 random characters (`coatcheck secret` prints one). A list, newest first,
   * changes the secret without logging anybody out; where several processes are replaced one by one, in two steps:
   * first `[OLD, NEW]` everywhere, then `[NEW, OLD]`. An environment variable that is not set is refused.
   */
  sessionSecret: string | undefined | readonly (string | undefined)[]
  /** Where sessions live. Default: a `MemorySessionStore`, whose sessions end with the process. */
  sessionStore?: SessionStore
  /** Whether the session's cookie travels over HTTPS only. Default `true`, unless `NODE_ENV` is `development` or `test`. */
  secureCookies?: boolean
  /** The name of the session's cookie. Default `__Host-Http-sid` when secure, else `sid`. */
  sessionCookieName?: string
  /** How sessions behave: `idleTimeout`, `absoluteTimeout`, `cookie`, `schema`, `user` and so on. Default: as in `createSessions`. */
  session?: AppSessionOptions<Data>
  /** Most bytes a request's body may have; one with more is answered 413. Default 1,048,576. */
  bodyLimit?: number
  /**
   * How long a handler that answers from a callback is waited for, and a file or socket that is sent to be open; then the
   * request is answered 500. Default `'30s'`.
   */
  answerTimeout?: Duration
  /** How long `close()` lets requests in flight finish. Default `'10s'`. */
  closeTimeout?: Duration
  /**
   * Is told of each error that is not the client's, unless an error handler answered for it: not of an `HttpError`, nor of
   * one with a `status` of 4xx. Default: prints it with `console.error`.
   */
  onError?: ErrorReporter
}

/** The settings, checked and complete. */
export interface AppSettings<Data extends object> {
  sessions: SessionsOptions<Data>
  /** How messages call the options of sessions. */
  sessionsNames: OptionNames
  bodyLimit: number
  answerTimeout: number
  closeTimeout: number
  onError: ErrorReporter
}

const KNOWN: { [Option in keyof Required<AppOptions<object>>]: true } = {
  sessionSecret: true,
  sessionStore: true,
  secureCookies: true,
  sessionCookieName: true,
  session: true,
  bodyLimit: true,
  answerTimeout: true,
  closeTimeout: true,
  onError: true,
}
const DEFAULT_BODY_LIMIT = 1_048_576

/**
 * Checks the settings that are the app's own and fills in the defaults; `createSessions` checks the rest.
 * @throws {ConfigError} a setting is unknown, missing, of the wrong kind, or given twice.
 */
export function resolveAppOptions<Data extends object>(options: AppOptions<Data>): AppSettings<Data> {
  checkNames(options)
  // Defaults stand for what was left out, and not for a null that came from somewhere by mistake.
  const { bodyLimit = DEFAULT_BODY_LIMIT, answerTimeout = '30s', closeTimeout = '10s' } = options
  const { onError = printError } = options
  return {
    sessions: sessionsOptions(options),
    sessionsNames: namesIn(options),
    bodyLimit: checkBodyLimit(bodyLimit),
    answerTimeout: parseTimeout(answerTimeout, 'answerTimeout'),
    closeTimeout: parseTimeout(closeTimeout, 'closeTimeout'),
    onError: checkReporter(onError),
  }
}

function sessionsOptions<Data extends object>(options: AppOptions<Data>): SessionsOptions<Data> {
  const { session = {}, sessionStore: store = new MemorySessionStore() } = options
  const secret = asSecrets(options.sessionSecret)
  const cookie = cookieOptions(options)
  return { ...asRead(session, SESSIONS_OPTIONS), secret, store, ...(cookie === undefined ? {} : { cookie }) }
}

function cookieOptions<Data extends object>(options: AppOptions<Data>): CookieOptions | undefined {
  const { session: { cookie } = {}, secureCookies: secure, sessionCookieName: name } = options
  const isAsGiven = secure === undefined && name === undefined
  // What is no object is left for createSessions to refuse.
  if (isAsGiven || (cookie !== undefined && !isOptions(cookie))) return cookie
  return {
    ...asRead(cookie ?? {}, COOKIE_OPTIONS),
    ...(secure === undefined ? {} : { secure }),
    ...(name === undefined ? {} : { name }),
  }
}

/** Copies options as they read: a getter of a class is one too. What else the object has is there to be refused. */
function asRead<Options extends object>(options: Options, names: readonly string[]): Options {
  return { ...options, ...Object.fromEntries(names.map((name) => [name, Reflect.get(options, name)])) }
}

function checkNames<Data extends object>(options: AppOptions<Data>): void {
  if (!isOptions(options)) {
    throw invalid(`createApp needs an object with at least sessionSecret (got ${kindOf(options)}).`)
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(KNOWN, name))
  if (unknown !== undefined) {
    const instead = adviceOn(unknown, namesIn(options))
    const known = `known are ${Object.keys(KNOWN).join(', ')}. Options of sessions go under session`
    throw invalid(`${unknown} is not an option of createApp; ${instead ?? known}.`)
  }
  const { session = {}, secureCookies, sessionCookieName } = options
  if (!isOptions(session)) {
    throw invalid(`session must be an object, such as { idleTimeout: '30m' } (got ${kindOf(session)}).`)
  }
  for (const [name, own] of [
    ['secret', 'sessionSecret'],
    ['store', 'sessionStore'],
  ] as const) {
    if (name in session) throw invalid(`session.${name} is given as ${own}.`)
  }
  if (secureCookies !== undefined && session.cookie?.secure !== undefined)
    throw twice('secureCookies', 'secure')
  if (sessionCookieName !== undefined && session.cookie?.name !== undefined) {
    throw twice('sessionCookieName', 'name')
  }
}

/** Names the options of sessions as they were written. */
function namesIn<Data extends object>({ secureCookies, sessionCookieName }: AppOptions<Data>): OptionNames {
  const own = new Map([
    ['secret', 'sessionSecret'],
    ['store', 'sessionStore'],
  ])
  if (secureCookies !== undefined) own.set('cookie.secure', 'secureCookies')
  if (sessionCookieName !== undefined) own.set('cookie.name', 'sessionCookieName')
  return (option) => own.get(option) ?? `session.${option}`
}

function asSecrets(secret: AppOptions<object>['sessionSecret']): Secrets {
  const [newest = '', ...older] = isList(secret) ? secret : [secret]
  return older.length === 0 ? newest : [newest, ...older]
}

function isList(secret: AppOptions<object>['sessionSecret']): secret is readonly (string | undefined)[] {
  return Array.isArray(secret)
}

function checkBodyLimit(limit: unknown): number {
  if (typeof limit === 'number' && Number.isSafeInteger(limit) && limit >= 0) return limit
  throw invalid('bodyLimit must be a whole number of bytes, such as 1_048_576.')
}

function printError(error: unknown): void {
  console.error(error)
}

function checkReporter(onError: unknown): ErrorReporter {
  if (typeof onError === 'function')
    return (error, request) => Reflect.apply(onError, undefined, [error, request])
  throw invalid('onError must be a function of the error and the request.')
}

function twice(own: string, option: string): ConfigError {
  return invalid(`${own} and session.cookie.${option} are the same setting; give one of them.`)
}

function invalid(message: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', message)
}
