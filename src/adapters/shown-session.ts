import type { Awaitable } from '../core/awaitable.ts'
import type { Passage } from '../core/passage.ts'
import type { ResponseEffects } from '../core/response-effects.ts'
import type { SessionFollower } from '../core/session-follower.ts'
import type { Sessions } from '../core/sessions.ts'
import { takeOver } from '../core/take-over.ts'
import { currentPassage, type Mount, mount, mountAgain } from './mount.ts'

/** What shows the session of its request: the request itself, or the framework's context of it. */
export interface SessionHolder {
  session?: unknown
}

/** Makes a manager's passage the current one of a request, and shows its session there. */
export function show<Data extends object>(
  holder: SessionHolder,
  sessions: Sessions<Data>,
  passage: Passage<Data>,
): Mount<Data> {
  settle(holder)
  const mounted = mount(holder, sessions, passage)
  holder.session = passage.session
  return mounted
}

/** Shows the session again that was shown before: that of a mount's `outer`. */
export function showAgain(holder: SessionHolder, outer: Mount<object>): void {
  settle(holder)
  mountAgain(holder, outer)
  holder.session = outer.passage.session
}

/** Does what putting something in the place of the session shown asks for, before another one is put there. */
function settle(holder: SessionHolder): void {
  const session = currentPassage(holder)?.session
  const found = holder.session
  if (session === undefined || found === session || isSetByOthers(holder)) return
  holder.session = session
  takeOver(session, found)
}

/** Whether another middleware has its session there, behind a setter, as cookie-session does: it would take ours for a replacement of its own. */
export function isSetByOthers(holder: SessionHolder): boolean {
  return Object.getOwnPropertyDescriptor(holder, 'session')?.set !== undefined
}

/**
 * A passage whose session stands on the request as the plain property `session`.
 *
 * Not as an accessor, which costs 0.2 us to define on each request (Node 24): what was put in its place, or that it
 * was deleted, is looked at when the session is saved, or another one takes the place.
 */
export class ShownSession implements SessionFollower {
  readonly #holder: SessionHolder
  readonly #passage: Passage<object>

  /** Follows a passage whose session is shown on a request. */
  constructor(holder: SessionHolder, passage: Passage<object>) {
    this.#holder = holder
    this.#passage = passage
    passage.follow(this)
  }

  /** Shows the session that took the place of another. */
  sessionReplaced(before: object, session: object): void {
    if (this.#holder.session === before) this.#holder.session = session
  }

  /** Does what putting something in the session's place asks for, and saves. */
  commit(status?: number): Awaitable<ResponseEffects | null> {
    this.#settle()
    return this.#passage.commit(status)
  }

  /** The same, when nobody is there any more to be answered. */
  commitUnheard(): Awaitable<void> {
    this.#settle()
    return this.#passage.commitUnheard()
  }

  #settle(): void {
    // With another manager mounted further in, it is that one's session that stands there.
    if (currentPassage(this.#holder) === this.#passage) settle(this.#holder)
  }

  giveUp(): ResponseEffects | null {
    return this.#passage.giveUp()
  }
}
