import type { Awaitable } from '../core/awaitable.ts'
import type { Passage, SessionFollower } from '../core/passage.ts'
import type { ResponseEffects } from '../core/response-effects.ts'
import { currentPassage } from './mount.ts'
import { takeOver } from './take-over.ts'

/** What shows the session of its request: the request itself, or the framework's context of it. */
export interface SessionHolder {
  session?: unknown
}

/**
 * A passage whose session stands on the request as the plain property `session`.
 *
 * Not as an accessor, which costs 0.2 us to define on each request (Node 24): what was put in its place, or that it
 * was deleted, is looked at when the session is saved.
 */
export class ShownSession implements SessionFollower {
  readonly #holder: SessionHolder
  readonly #passage: Passage<object>

  private constructor(holder: SessionHolder, passage: Passage<object>) {
    this.#holder = holder
    this.#passage = passage
  }

  /** Shows a passage's session on a request that the passage is mounted on. */
  static on(holder: SessionHolder, passage: Passage<object>): ShownSession {
    const shown = new ShownSession(holder, passage)
    holder.session = passage.session
    passage.follow(shown)
    return shown
  }

  /** Shows the session that took the place of another. */
  sessionReplaced(before: object, session: object): void {
    if (this.#holder.session === before) this.#holder.session = session
  }

  /** Does what putting something in the session's place asks for, and saves. */
  commit(): Awaitable<ResponseEffects | null> {
    const { session } = this.#passage
    const found = this.#holder.session
    // With another manager mounted further in, it is that one's session that stands there.
    if (found !== session && currentPassage(this.#holder) === this.#passage) {
      this.#holder.session = session
      takeOver(session, found)
    }
    return this.#passage.commit()
  }
}
