import type { Awaitable } from '../core/awaitable.ts'
import { ConfigError } from '../core/errors.ts'
import type { Passage } from '../core/passage.ts'
import type { HeaderSource } from '../core/request-header.ts'
import type { ReadonlySession, Session } from '../core/session.ts'
import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import { keepTick } from './kept-tick.ts'
import { mount, passageOf, takeOff } from './mount.ts'
import { checkSessions } from './mount-arguments.ts'
import { type CookieJar, checkOpen, cookieHeaderIn, writeInJar } from './next/cookie-jar.ts'
import { isNavigation } from './next/navigation.ts'

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
  /**
   * Gives the session for looking at, anywhere on the server: in components, layouts, actions, `proxy.ts`. Extends and changes nothing.
   * @throws {StoreError} the store failed or did not answer in time, unless `onStoreFailure` is `'anonymous'`.
   */
  readSession(): Promise<ReadonlySession<Data>>
  /**
   * Calls `use` with the session, and saves it before it answers; called inside another call, it is the same session, and the outermost
   * saves it. When `use` ends by Next's `redirect()`, `notFound()` and the like, the session is saved too; when it throws anything
   * else, nothing is.
   * @returns What `use` gives.
   * @throws {UsageError} `ERR_HEADERS_SENT` Next is rendering, where no cookie can be set: `use` was not called.
   * @throws {StoreError} the session could not be loaded, and `use` was not called, or not saved.
   * @throws {DataError} the data cannot be kept: nothing was saved.
   */
  withSession<Answer>(use: (session: Session<Data>) => Awaitable<Answer>): Promise<Answer>
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
  checkNext(next)
  keepTick()
  return {
    async readSession() {
      const { jar, came } = await requestOf(next)
      const known = passageOf(came, sessions)
      if (known !== undefined) return known.readonlySession()
      return sessions.read(cookieHeaderIn(jar, came, sessions.cookieName))
    },
    async withSession(use) {
      const { jar, came } = await requestOf(next)
      checkOpen(jar)
      const known = passageOf(came, sessions)
      if (known !== undefined) return use(known.session)
      const passage = await sessions.open(cookieHeaderIn(jar, came, sessions.cookieName))
      const mounted = mount(came, sessions, passage)
      try {
        return await saved(passage, jar, use)
      } finally {
        takeOff(came, mounted)
      }
    },
  }
}

async function requestOf({ cookies, headers }: NextHeaders): Promise<{ jar: CookieJar; came: HeaderSource }> {
  return { jar: await cookies(), came: await headers() }
}

async function saved<Data extends object, Answer>(
  passage: Passage<Data>,
  jar: CookieJar,
  use: (session: Session<Data>) => Awaitable<Answer>,
): Promise<Answer> {
  try {
    const answer = await endOf(() => use(passage.session))
    writeInJar(await passage.commit(), jar)
    return answer()
  } catch (error) {
    if (!isNavigation(error)) writeInJar(passage.giveUp(), jar)
    throw error
  }
}

/** Waits for an answer, of which an error by which Next goes elsewhere is one. */
async function endOf<Answer>(use: () => Awaitable<Answer>): Promise<() => Answer> {
  try {
    const answer = await use()
    return () => answer
  } catch (error) {
    if (!isNavigation(error)) throw error
    return () => {
      throw error
    }
  }
}

function checkNext(next: unknown): void {
  const { cookies, headers }: { cookies?: unknown; headers?: unknown } = Object(next)
  if (typeof cookies === 'function' && typeof headers === 'function') return
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `session() needs the functions cookies and headers of next/headers as its second argument. Write ${USAGE}.`,
  )
}
