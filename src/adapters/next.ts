import type { Awaitable } from '../core/awaitable.ts'
import { ConfigError } from '../core/errors.ts'
import { kindOf } from '../core/option-object.ts'
import type { HeaderSource } from '../core/request-header.ts'
import type { ReadonlySession, Session } from '../core/session.ts'
import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import { keepTick } from './kept-tick.ts'
import { checkFunctions, checkSessions } from './mount-arguments.ts'
import { type CookieJar, checkOpen } from './next/cookie-jar.ts'
import { type NextRequest, Visits } from './next/visits.ts'

export type { CookieJar } from './next/cookie-jar.ts'

/** How Next.js shows a request: the functions of `next/headers`. */
export interface NextHeaders {
  /** Gives the request's cookies. */
  readonly cookies: () => Awaitable<CookieJar>
  /** Gives the request's headers. */
  readonly headers: () => Awaitable<HeaderSource>
}

/** Finds the session of the request that Next.js is answering. */
export interface NextSessions<Data extends object = DefaultData> {
  // Properties, not methods: they are taken out one by one, which typed linters allow of functions alone.
  /**
   * Gives the session for looking at, in components, layouts, actions and route handlers. Extends and changes nothing.
   * @throws {StoreError} the store failed or did not answer in time, unless `onStoreFailure` is `'anonymous'`.
   */
  readonly readSession: () => Promise<ReadonlySession<Data>>
  /**
   * Calls `use` with the session, and saves it before it answers. When `use` ends by Next's `redirect()`, `notFound()` and the like, the
   * session is saved too; when it throws anything else, nothing is. Called inside another call, or while another one is at work for
   * the same request, it is the same session: beside, each saves when it ends; inside, the outer one saves.
   * @returns What `use` gives.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` `use` is no function.
   * @throws {UsageError} `ERR_HEADERS_SENT` Next is rendering, where no cookie can be set: `use` was not called.
   * @throws {StoreError} the session could not be loaded, and `use` was not called, or not saved.
   * @throws {DataError} the data cannot be kept: nothing was saved.
   */
  readonly withSession: <Answer>(use: (session: Session<Data>) => Awaitable<Answer>) => Promise<Answer>
}

const USAGE = "session(createSessions({ … }), { cookies, headers }), with both from 'next/headers'"

/**
 * Gives the server actions and server components of a Next.js app their session, on its Node.js runtime.
 *
 * Route handlers have `session` of `coatcheck/fetch`, which also tells caches that an answer is one visitor's. In an action, Next does.
 *
 * @param sessions - The manager, from `createSessions`.
 * @param next - The functions `cookies` and `headers` of `next/headers`.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` `sessions` is not what `createSessions` gives, or the functions are missing.
 */
export function session<Data extends object = DefaultData>(
  sessions: Sessions<Data>,
  next: NextHeaders,
): NextSessions<Data> {
  checkSessions(sessions, USAGE)
  checkFunctions(next, ['cookies', 'headers'], 'the functions cookies and headers of next/headers', USAGE)
  keepTick()
  const visits = new Visits(sessions)
  return {
    readSession: async () => visits.read(await requestOf(next)),
    async withSession(use) {
      checkUse(use)
      const request = await requestOf(next)
      checkOpen(request.jar)
      return visits.work(request, use)
    },
  }
}

async function requestOf({ cookies, headers }: NextHeaders): Promise<NextRequest> {
  return { jar: await cookies(), came: await headers() }
}

function checkUse(use: unknown): void {
  if (typeof use === 'function') return
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `withSession() needs a function that is given the session; it was given ${kindOf(use)}. Write await withSession((session) => { … }).`,
  )
}
