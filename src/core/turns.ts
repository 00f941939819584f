import { LONGEST_TIMER_MS } from './duration.ts'
import { PatientTimer } from './patient-timer.ts'

/** How many may wait for one record. */
export const MOST_WAITING = 1_024

// Whoever goes on ends each step within the time it is allowed: this is for what it does then.
const BEYOND_MS = 500

/** One's turn at a record, and how long those behind wait for its next step. */
export class Turn {
  #until = 0

  /** @param ms - How many milliseconds the first step may take. */
  constructor(ms: number) {
    this.allow(ms)
  }

  /** Says that the next step may take so many milliseconds from now on. */
  allow(ms: number): void {
    this.#until = performance.now() + ms + BEYOND_MS
  }

  /** How many milliseconds those behind still wait for it. */
  get left(): number {
    return this.#until - performance.now()
  }
}

/** Who is at work on a record, and who waits. */
interface Queue {
  last: Promise<unknown>
  length: number
  /** The turn of who is at work. */
  turn: Turn
}

/**
 * Lets those who want to write over one record do so one after another within this process.
 *
 * The store's conditional writes are what keeps updates safe; without turns a thousand parallel updates
 * of one session would also be correct, after half a million conflicts. So nobody waits for one that does not go on: on Workers
 * nothing of a request does whose client has left, its timers included.
 */
export class Turns {
  readonly #queues = new Map<string, Queue>()
  readonly #timeout: number
  readonly #full: (key: string) => Error
  readonly #giveUp: (error: unknown) => boolean

  /**
   * @param timeout - How many milliseconds each step of a turn may take, unless it says otherwise.
   * @param full - Makes the error of who would be one too many: each that waits holds its whole request, also when the client has
   * left long ago.
   * @param giveUp - Says after which failures those who wait fail likewise, instead of each finding out for itself.
   */
  constructor(
    timeout: number,
    full: (key: string) => Error,
    giveUp: (error: unknown) => boolean = () => false,
  ) {
    this.#timeout = timeout
    this.#full = full
    this.#giveUp = giveUp
  }

  /**
   * Runs `work` after everything that was queued under this key before; fails when 1,024 wait there already.
   * @param ends - Whether it ends the record: that is not refused, for whoever else keeps it busy. Those behind are soon done.
   */
  take<T>(key: string, work: (turn: Turn) => Promise<T>, ends = false): Promise<T> {
    const queue = this.#queues.get(key)
    if (queue === undefined) return this.#first(key, work)
    if (queue.length > MOST_WAITING && !ends) return Promise.reject(this.#full(key))
    return this.#join(key, queue, this.#wait(key, queue, work, ends))
  }

  #first<T>(key: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    const turn = new Turn(this.#timeout)
    const mine = work(turn)
    const queue: Queue = { last: mine, length: 0, turn }
    this.#queues.set(key, queue)
    return this.#join(key, queue, mine)
  }

  #join<T>(key: string, queue: Queue, mine: Promise<T>): Promise<T> {
    queue.last = mine
    queue.length++
    const leave = (): void => {
      queue.length--
      if (queue.length === 0) this.#drop(key, queue)
    }
    mine.then(leave, leave)
    return mine
  }

  /** Waits by a timer of its own, which lives as long as the request that waits. */
  #wait<T>(key: string, queue: Queue, work: (turn: Turn) => Promise<T>, ends: boolean): Promise<T> {
    const { last } = queue
    return new Promise((resolve, reject) => {
      const waiting = new OwnTimer(queue, () => {
        this.#drop(key, queue)
        resolve(this.take(key, work, ends))
      })
      const begin = (): void => {
        if (!waiting.end()) return
        // Where it was overtaken meanwhile, whoever has come since is in another queue.
        const isOvertaken = this.#queues.get(key) !== queue
        resolve(isOvertaken ? this.take(key, work, ends) : this.#begin(queue, work))
      }
      last.then(begin, (error: unknown) => {
        if (!this.#giveUp(error)) begin()
        else if (waiting.end()) reject(error)
      })
    })
  }

  #begin<T>(queue: Queue, work: (turn: Turn) => Promise<T>): Promise<T> {
    queue.turn = new Turn(this.#timeout)
    return work(queue.turn)
  }

  #drop(key: string, queue: Queue): void {
    if (this.#queues.get(key) === queue) this.#queues.delete(key)
  }
}

/** Goes off when whoever is at work in a queue has taken longer than those behind wait. */
class OwnTimer {
  readonly #queue: Queue
  readonly #goOff: () => void
  #timer: PatientTimer
  #ended = false

  constructor(queue: Queue, goOff: () => void) {
    this.#queue = queue
    this.#goOff = goOff
    this.#timer = this.#start()
  }

  /** Ends the wait. Answers whether it was under way. */
  end(): boolean {
    this.#timer.end()
    const wasUnderWay = !this.#ended
    this.#ended = true
    return wasUnderWay
  }

  #start(): PatientTimer {
    const { left } = this.#queue.turn
    return new PatientTimer(() => this.#look(), Math.min(Math.max(0, left), LONGEST_TIMER_MS))
  }

  #look(): void {
    if (this.#queue.turn.left > 0) this.#timer = this.#start()
    else if (this.end()) this.#goOff()
  }
}
