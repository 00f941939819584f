import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import { keepTick } from './kept-tick.ts'
import { checkSessions } from './mount-arguments.ts'
import { type H3App, standAround } from './nitro/around-app.ts'
import { exceptedPaths } from './nitro/excepted-paths.ts'
import { type LocalRequests, standAroundLocal } from './nitro/local-requests.ts'

export type {} from './event-context.ts'
export type { H3App, NitroEvent } from './nitro/around-app.ts'
export type { LocalRequests } from './nitro/local-requests.ts'

/** What the plugin needs of Nitro 2. */
export interface NitroApp extends LocalRequests {
  /** The app of h3 1 that answers all requests. */
  readonly h3App: H3App
}

/** A plugin of Nitro 2. */
export type SessionPlugin = (nitroApp: NitroApp) => void

/** Which requests have a session. */
export interface SessionPluginOptions {
  /**
   * Names beginnings of paths that get no session, such as files that nobody's session decides about. Default `['/_nuxt/']`,
   * where Nuxt puts what it builds.
   */
  readonly except?: readonly string[]
}

const USAGE = 'export default session(createSessions({ … }))'

/**
 * Gives every request of an app of Nitro 2, and so of Nuxt 3 and 4, its session as `event.context.session`. It is a plugin of
 * Nitro: the default export of `server/plugins/session.ts`.
 *
 * It stands around all that answers: handlers, pages, and the pages of errors. The session is saved before the first byte of the
 * response leaves. What the app asks itself for by `event.$fetch`, as pages do by `useFetch`, is of the event's session. When the
 * session cannot be loaded or saved, the response is a 503 in JSON, and a handler whose session could not be loaded is not called.
 *
 * @param sessions - The manager, from `createSessions`.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` `sessions` is not what `createSessions` gives, or an option is unknown or not usable.
 */
export function session<Data extends object = DefaultData>(
  sessions: Sessions<Data>,
  options: SessionPluginOptions = {},
): SessionPlugin {
  checkSessions(sessions, USAGE)
  const excepted = exceptedPaths(options)
  keepTick()
  const around = { sessions, excepted }
  return (nitroApp) => {
    standAround(nitroApp.h3App, around)
    standAroundLocal(nitroApp, around)
  }
}
