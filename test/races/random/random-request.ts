import { isSessionError, StoreError } from '../../../src/core/errors.ts'
import type { Session } from '../../../src/core/session.ts'
import type { Sessions } from '../../../src/core/sessions.ts'
import { sessionIdOf } from '../../../src/core/ticket.ts'
import { Browser } from '../../engine/browser.ts'
import { type Exchange, Response } from '../../engine/exchange.ts'
import { HeaderMap } from '../../engine/header-map.ts'
import type { SeededRandom } from '../../engine/seeded-random.ts'
import type { TurnScheduler } from '../../engine/turn-scheduler.ts'
import type { Data } from './data.ts'
import { Expectation } from './expectation.ts'
import type { Step } from './step.ts'

const MOST_STEPS = 7
const MOST_LATE_STEPS = 2
// How often a handler waits for what it does: one is careful, another careless.
const WAITING = [0.2, 0.5, 1]
const ALL_WAITED_FOR = 0.8

/** What a request has of the world around it. */
export interface Surroundings {
  readonly random: SeededRandom
  readonly scheduler: TurnScheduler
  readonly ticket: string | null
  /** What its handler may do. */
  readonly steps: readonly Step[]
  /** Revokes the user of the first session. */
  revoke(): Promise<void>
}

/** One request, whose handler does what it draws, and who remembers what must have come of it. */
export class RandomRequest {
  readonly index: number
  readonly random: SeededRandom
  /** The ids whose tickets its responses handed out. */
  readonly handedOut: string[] = []
  /** What was thrown and should not have been. */
  readonly faults: string[] = []
  readonly expectation: Expectation
  /** How many updates of the first session it was told have been saved. */
  updates = 0
  /** How many calls of the store have failed it. What they were to do may be done, or not. */
  failures = 0
  /** Which session it had in the end; `null` where it found that its session was over. */
  end: { readonly id: string; readonly first: boolean } | null = null
  readonly #surroundings: Surroundings
  readonly #waiting: number
  readonly #begun: Promise<boolean>[] = []
  #exchange: Exchange<Data> | null = null
  /** Whether an update found that the session was over, which leaves it empty. */
  #foundOver = false

  constructor(index: number, surroundings: Surroundings) {
    this.index = index
    this.expectation = new Expectation(index)
    this.random = surroundings.random
    this.#surroundings = surroundings
    this.#waiting = this.random.pick(WAITING)
  }

  get name(): string {
    return `R${this.index}`
  }

  get session(): Session<Data> {
    if (this.#exchange === null) throw new Error('The request has not arrived.')
    return this.#exchange.session
  }

  revoke(): Promise<void> {
    return this.#surroundings.revoke()
  }

  note(what: string): void {
    this.#surroundings.scheduler.note(what)
  }

  /** Goes from its arrival to the end of its response. */
  async run(sessions: Sessions<Data>): Promise<void> {
    const { random, scheduler, ticket } = this.#surroundings
    await scheduler.turn('arrives')
    const exchange = await this.#unlessStoreFails(new Browser(sessions, ticket).arrive())
    if (exchange === null) return
    this.#exchange = exchange
    for (let left = 1 + random.below(MOST_STEPS); left > 0; left--) await this.#step()
    if (random.chance(ALL_WAITED_FOR)) await Promise.all(this.#begun)
    this.note('is about to leave')
    const leaving = this.#unlessStoreFails(exchange.leave())
    for (let left = random.below(MOST_LATE_STEPS + 1); left > 0; left--) await this.#step()
    const response = await leaving
    const { ticket: handedOut } = response ?? new Response(exchange.passage.giveUp(), new HeaderMap())
    this.note(handedOut === null ? 'has left' : 'has left with a ticket')
    if (handedOut !== null) this.handedOut.push(sessionIdOf(handedOut.split('.')[0] ?? ''))
    await Promise.all(this.#begun)
    await this.#unlessStoreFails(exchange.end())
    if (!this.#foundOver) this.end = { id: this.session.id, first: this.session.first === true }
  }

  async #step(): Promise<void> {
    const { random, scheduler, steps } = this.#surroundings
    const step = random.pickWeighted(steps)
    const waits = random.chance(this.#waiting)
    await scheduler.turn(`${step.name}${waits ? '' : ', and does not wait'}`)
    const done = this.#do(step)
    if (!waits) this.#begun.push(done)
    else if (await done) step.waitedFor?.(this)
  }

  async #do(step: Step): Promise<boolean> {
    try {
      if ((await step.run(this)) === false) this.#foundOver = true
      return true
    } catch (error) {
      this.#failed(error)
      return false
    }
  }

  async #unlessStoreFails<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work
    } catch (error) {
      if (!this.#failedByStore(error)) throw error
      return null
    }
  }

  #failedByStore(error: unknown): boolean {
    if (!(error instanceof StoreError)) return false
    this.note(`is failed by the store: ${error.code}`)
    this.failures++
    this.expectation.sure = false
    return true
  }

  #failed(error: unknown): void {
    if (this.#failedByStore(error)) return
    if (isSessionError(error, 'ERR_HEADERS_SENT')) return
    if (this.expectation.destroyed && isSessionError(error, 'ERR_SESSION_DESTROYED')) return
    this.faults.push(`${this.name} failed: ${error instanceof Error ? error.stack : typeof error}`)
  }
}
