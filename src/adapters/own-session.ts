import type { Awaitable } from '../core/awaitable.ts'
import type { Passage } from '../core/passage.ts'
import type { ResponseEffects } from '../core/response-effects.ts'
import { currentPassage } from './mount.ts'

// Shared by all requests, so that none needs functions of its own. The session is asked for each time, since
// `regenerate(callback)` puts another object in its place.

/** Gives the session of a request or context that has it as a property. */
export function getSession(this: object): Passage<object>['session'] | undefined {
  return currentPassage(this)?.session
}

/** Does what assigning to that property asks for. */
export function setSession(this: object, value: unknown): void {
  const session = currentPassage(this)?.session
  if (session !== undefined && session !== value) assign(session, value)
}

/** Defines the session as a property. */
export const SESSION_PROPERTY: PropertyDescriptor = {
  get: getSession,
  set: setSession,
  configurable: true,
  enumerable: true,
}

/** Defines the session's id as a property, under the name that Express middleware knows. */
export const SESSION_ID_PROPERTY: PropertyDescriptor = {
  get(this: object) {
    return currentPassage(this)?.session.id
  },
  configurable: true,
  enumerable: true,
}

/** Ends the session when something falsy is put in its place, as old code does to log out; else takes over the data. */
function assign(session: Passage<object>['session'], value: unknown): void {
  if (!value) {
    session.clear()
    return
  }
  const data = Object.assign({}, value)
  Object.assign(session, data)
  for (const key of Object.keys(session)) {
    if (!Object.hasOwn(data, key)) Reflect.deleteProperty(session, key)
  }
}

/** A passage whose session stands as a property that may be deleted: old code means to log out by that. */
export class DeletablePassage {
  readonly #holder: object
  readonly #passage: Passage<object>
  #deleted = false

  /** @param holder - What has the property. */
  constructor(holder: object, passage: Passage<object>) {
    this.#holder = holder
    this.#passage = passage
  }

  /** Commits the passage. */
  commit(): Awaitable<ResponseEffects | null> {
    const current = currentPassage(this.#holder) === this.#passage
    if (current && !this.#deleted && !Object.hasOwn(this.#holder, 'session')) {
      this.#deleted = true
      this.#passage.session.clear()
    }
    return this.#passage.commit()
  }
}
