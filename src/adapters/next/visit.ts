import { AsyncLocalStorage } from 'node:async_hooks'
import type { Awaitable } from '../../core/awaitable.ts'
import type { Passage } from '../../core/passage.ts'
import type { Session } from '../../core/session.ts'
import { type CookieJar, writeInJar } from './cookie-jar.ts'
import { isNavigation } from './navigation.ts'

/** The visit that the code which is running was called by. */
const INSIDE = new AsyncLocalStorage<object>()

/** What is done with a session: gives an answer, of which an error by which Next goes elsewhere is one. */
interface Work<Answer> {
  /** Gives the answer, or throws what was thrown. */
  answer(): Answer
  /** Whether it was thrown by the app. */
  readonly failed: boolean
}

/**
 * One session at work in one request, for as long as there is a call of `withSession` that has not ended: calls inside each other,
 * and beside each other, are of the same passage. Each of those sets the cookie as far as it goes, and the last one lets the head leave.
 */
export class Visit<Data extends object> {
  /** The passage, which has been asked for. */
  readonly passage: Promise<Passage<Data>>
  readonly #left: () => void
  #running = 0
  #leaving: Promise<void> | null = null

  /** @param left - Called when the session is saved, and its cookie set. */
  constructor(passage: Promise<Passage<Data>>, left: () => void) {
    this.passage = passage
    this.#left = left
  }

  /** What to wait for before another visit, once the last call has ended and the session is being saved; `null` until then. */
  get leaving(): Promise<void> | null {
    return this.#leaving
  }

  /** Does something with the session, and saves it. */
  async run<Answer>(use: (session: Session<Data>) => Awaitable<Answer>, jar: CookieJar): Promise<Answer> {
    // The outer call saves what this one does: to wait for that here would be to wait for itself.
    if (INSIDE.getStore() === this) return use((await this.passage).session)
    // In the same step as the visit was found: the last call that is here leaves.
    this.#running++
    const work = await this.#work(use)
    this.#running--
    if (this.#running > 0) {
      if (!work.failed) await this.#save(jar)
      return work.answer()
    }
    const leaving = this.#leave(work.failed, jar)
    this.#leaving = leaving.then(this.#left, this.#left)
    await leaving
    return work.answer()
  }

  /** Saves beside calls that go on. Whoever waits for this one may answer before those have ended, as `Promise.race` does. */
  async #save(jar: CookieJar): Promise<void> {
    const passage = await this.passage
    await passage.session.save()
    writeInJar(passage.effectsUntilNow(), jar)
  }

  async #work<Answer>(use: (session: Session<Data>) => Awaitable<Answer>): Promise<Work<Answer>> {
    try {
      const { session } = await this.passage
      const answer = await INSIDE.run(this, use, session)
      return { answer: () => answer, failed: false }
    } catch (error) {
      const answer = (): never => {
        throw error
      }
      return { answer, failed: !isNavigation(error) }
    }
  }

  async #leave(failed: boolean, jar: CookieJar): Promise<void> {
    const passage = await this.passage.catch(() => null)
    // It could not be loaded: whoever asked has been told.
    if (passage === null) return
    try {
      writeInJar(failed ? passage.giveUp() : await passage.commit(), jar)
    } catch (error) {
      writeInJar(passage.giveUp(), jar)
      throw error
    }
  }
}
