import type { Session } from '../../../src/core/session.ts'
import { type Data, type OwnKey, ownKeysOf } from './data.ts'

/** What must be there in the end of what a request has written, and what not. */
export class Expectation {
  /** The keys that it alone writes, as it wrote them last in the session it has; `undefined` for one it deleted. */
  readonly keys = new Map<OwnKey, unknown>()
  /** Whether `keys` can be relied on: not while it is unknown what a reload has read, nor after changes were discarded. */
  sure = true
  /** Whether it has ended its session, so that what it has now is another. */
  left = false
  /** Whether it has destroyed its session, and begun no other. */
  destroyed = false
  /** Whether it has read its session again: also what another request's failed write may have left, to be undone yet. */
  reloaded = false
  readonly #request: number

  constructor(request: number) {
    this.#request = request
  }

  /** Notes that all the session held stays behind with it. */
  leave(): void {
    this.keys.clear()
    this.left = true
  }

  /** Notes that the session is being read again, whichever it is now. */
  readAgain(): void {
    this.sure = false
    this.left = false
    this.reloaded = true
  }

  /** Expects from now on what the session holds: it has just been read. */
  takeOver(session: Session<Data>): void {
    this.keys.clear()
    for (const key of ownKeysOf(this.#request)) this.keys.set(key, structuredClone(session[key]))
    this.sure = true
    this.destroyed = false
  }
}
