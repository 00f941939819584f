import { publish } from './diagnostics.ts'
import { ConfigError, type StoreError, type StoreOperation } from './errors.ts'
import { isError } from './is-error.ts'
import { warn } from './warning.ts'

/**
 * Why a request that brought a ticket has no session.
 * - `malformed`: not a ticket at all. `forged`: none of our keys signed it.
 * - `ambiguous`: two different valid tickets, so neither counts.
 * - `unknown`: no such session, any more or ever. One found timed out is told as `expired` instead.
 * - `corrupt`: what the store holds is no record of this session. `invalid`: the schema refuses its data.
 */
export type MissReason = 'malformed' | 'forged' | 'ambiguous' | 'unknown' | 'corrupt' | 'invalid'

/** What happens to sessions, by name. Ids are safe to log; nothing here holds a token, a ticket or data. */
export interface SessionEvents {
  /** A new session was saved for the first time. */
  created: { id: string; user?: string | undefined }
  /** A request's ticket led to a live session. */
  loaded: { id: string; user?: string | undefined }
  /** A request's ticket led to none. */
  missed: { reason: MissReason; id?: string | undefined }
  /** A session got a new id; the previous one is dead. */
  regenerated: { id: string; previousId: string; user?: string | undefined }
  /** A session's idle timeout was started again. */
  touched: { id: string }
  /** A session was ended by its own request. */
  destroyed: { id: string }
  /** A session was found timed out. */
  expired: { id: string; reason: 'idle' | 'absolute' }
  /** Sessions were ended from outside: one by its id, or those of a user. */
  revoked: { id?: string | undefined; user?: string | undefined; count: number }
  /** A save met a record that had been written meanwhile, and goes again on top of it. */
  conflict: { id: string; attempt: number }
  /** Changes were not saved: the session had ended meanwhile, or needed a cookie after the headers had gone. */
  discarded: { id: string; reason: 'gone' | 'headers-sent' }
  /** The store dropped a session for want of room. */
  evicted: { id: string }
  /** The store failed or did not answer in time. */
  storeFailed: { operation: StoreOperation; error: StoreError }
}

/** The name of an event. */
export type EventName = keyof SessionEvents

type Listeners = { [Name in EventName]?: Array<(event: SessionEvents[Name]) => void> }

// Typed as a full list, so that a new event that is forgotten here does not compile.
const NAMES: { [Name in EventName]: true } = {
  created: true,
  loaded: true,
  missed: true,
  regenerated: true,
  touched: true,
  destroyed: true,
  expired: true,
  revoked: true,
  conflict: true,
  discarded: true,
  evicted: true,
  storeFailed: true,
}

/** The names of all events. */
export const EVENT_NAMES: readonly EventName[] = Object.keys(NAMES).filter(isEventName)

/** Tells listeners, and `node:diagnostics_channel` subscribers of `coatcheck:<name>`, what happens. */
export class EventHub {
  readonly #listeners: Listeners = {}

  /**
   * Calls `listener` at each event of this name, during the request it belongs to.
   * A listener that throws does no harm to the request; the error is shown as a process warning.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` there is no such event, or the listener is no function.
   * @returns A function that stops it.
   */
  on<Name extends EventName>(name: Name, listener: (event: SessionEvents[Name]) => void): () => void {
    if (!isEventName(name) || typeof listener !== 'function') throw unusable(name)
    const listeners: Array<(event: SessionEvents[Name]) => void> = this.#listeners[name] ?? []
    this.#listeners[name] = listeners as Listeners[Name]
    listeners.push(listener)
    let listening = true
    return () => {
      // Called again, it would take off the same function that somebody else has put on.
      if (listening) listeners.splice(listeners.indexOf(listener), 1)
      listening = false
    }
  }

  /** Tells everybody who listens. */
  emit<Name extends EventName>(name: Name, event: SessionEvents[Name]): void {
    publish(name, event)
    const listeners: Array<(event: SessionEvents[Name]) => void> | undefined = this.#listeners[name]
    if (listeners === undefined) return
    for (const listener of [...listeners]) {
      try {
        const answer: unknown = listener(event)
        if (answer instanceof Promise) answer.catch((error: unknown) => complain(name, error))
      } catch (error) {
        complain(name, error)
      }
    }
  }
}

function isEventName(name: string): name is EventName {
  return Object.hasOwn(NAMES, name)
}

function unusable(name: unknown): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `sessions.on() needs the name of an event and a function (got the name ${String(name)}); the events are ${EVENT_NAMES.join(', ')}.`,
  )
}

function complain(name: EventName, error: unknown): void {
  warn(`A listener of the session event '${name}' threw: ${isError(error) ? error.stack : typeof error}`)
}
