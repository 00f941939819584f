import { type Awaitable, isPromise } from './awaitable.ts'
import { isSessionError, StoreError, type StoreOperation } from './errors.ts'
import type { EventHub } from './events.ts'
import { errorsIn, isError, isErrorOf } from './is-error.ts'
import { PatientTimer } from './patient-timer.ts'
import type { SessionRecord } from './record.ts'
import type { ConditionalStore, ReplaceOptions, ReplaceOutcome, TouchOptions, WriteOptions } from './store.ts'
import { TimeOver } from './time-over.ts'

/**
 * Speaks to the store on the engine's behalf: every failure becomes a {@link StoreError}, every wait is
 * bounded, and what arrives after the wait is over changes nothing.
 */
export class StoreAccess {
  readonly #store: ConditionalStore
  /** The store's name, for messages. */
  readonly name: string
  readonly #timeout: number
  readonly #events: EventHub

  /** @param timeout - Longest wait for one answer, in milliseconds. */
  constructor(store: ConditionalStore, name: string, timeout: number, events: EventHub) {
    this.#store = store
    this.name = name
    this.#timeout = timeout
    this.#events = events
  }

  /** Asks for a record. What comes back is not checked yet. */
  get(id: string): Awaitable<unknown> {
    try {
      return this.#bounded('get', this.#store.get(id))
    } catch (error) {
      throw this.#failure('get', error)
    }
  }

  /**
   * Writes a record under a free id.
   * @param afterFailure - Called when it failed and nothing more will come of it: after a timeout, once the late
   * answer is there, since until then the record may still be written.
   */
  create(record: SessionRecord, options: WriteOptions, afterFailure: () => void): Awaitable<boolean> {
    try {
      return this.#bounded('create', this.#store.create(record.id, record, options), afterFailure)
    } catch (error) {
      const failure = this.#failure('create', error)
      afterFailure()
      throw failure
    }
  }

  /** Writes over a record of a known revision. */
  replace(record: SessionRecord, options: ReplaceOptions): Awaitable<ReplaceOutcome> {
    try {
      const answer = this.#store.replace(record.id, record, options)
      if (!isPromise(answer)) return this.#outcome(answer)
      return this.#inTime('replace', answer).then((outcome) => this.#outcome(outcome))
    } catch (error) {
      throw this.#failure('replace', error)
    }
  }

  /** Extends a record's life. */
  touch(id: string, options: TouchOptions): Awaitable<boolean> {
    try {
      return this.#bounded('touch', this.#store.touch(id, options))
    } catch (error) {
      throw this.#failure('touch', error)
    }
  }

  /** Removes a record. */
  destroy(id: string): Awaitable<void> {
    try {
      return this.#bounded('destroy', this.#store.destroy(id))
    } catch (error) {
      throw this.#failure('destroy', error)
    }
  }

  /** Runs any other operation under the same rules. */
  async run<T>(operation: StoreOperation, work: () => Awaitable<T>): Promise<T> {
    try {
      return await this.#bounded(operation, work())
    } catch (error) {
      throw this.#failure(operation, error)
    }
  }

  /** Taken for a conflict, another answer would be asked for again and again. */
  #outcome(outcome: ReplaceOutcome): ReplaceOutcome {
    if (outcome === 'written' || outcome === 'conflict' || outcome === 'missing') return outcome
    const told = new Error(`replace() answers 'written', 'conflict' or 'missing', not a ${typeof outcome}.`)
    throw this.#failure('replace', told)
  }

  #bounded<T>(operation: StoreOperation, answer: Awaitable<T>, afterFailure?: () => void): Awaitable<T> {
    return isPromise(answer) ? this.#inTime(operation, answer, afterFailure) : answer
  }

  #inTime<T>(operation: StoreOperation, answer: PromiseLike<T>, afterFailure?: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let late = false
      const timer = new PatientTimer(() => {
        late = true
        reject(this.#late(operation))
      }, this.#timeout)
      answer.then(
        (value) => {
          timer.end()
          if (late) afterFailure?.()
          resolve(value)
        },
        (error: unknown) => {
          timer.end()
          if (!late) reject(this.#failure(operation, error))
          afterFailure?.()
        },
      )
    })
  }

  #late(operation: StoreOperation): StoreError {
    return this.#tell(
      operation,
      new StoreError(
        'ERR_STORE_TIMEOUT',
        `${this.name} did not answer '${operation}' within ${this.#timeout} ms (storeTimeout). Check that its server is up and not overloaded.`,
        { store: this.name, operation },
      ),
    )
  }

  #failure(operation: StoreOperation, error: unknown): Error {
    // Already told, when it comes out of a promise; a ConfigError is for the developer and says its own fix.
    if (isSessionError(error)) return error
    if (error instanceof TimeOver) return this.#late(operation)
    return this.#tell(
      operation,
      new StoreError(
        'ERR_STORE_UNAVAILABLE',
        `${this.name} failed on '${operation}'. Look at 'cause', the error of the store or its driver, and at its server if it has one.`,
        { store: this.name, operation, cause: withoutDetails(error) },
      ),
    )
  }

  #tell(operation: StoreOperation, error: StoreError): StoreError {
    this.#events.emit('storeFailed', { operation, error })
    return error
  }
}

/**
 * Keeps of a driver's error what an operator needs. Drivers hang the command with its arguments, or the whole
 * SQL with its values, on their errors; those are session data, and errors get logged.
 */
function withoutDetails(error: unknown): Error {
  if (!isError(error)) return new Error(`The driver threw a ${typeof error}`)
  const message = messageOf(error)
  const kept = new Error(message)
  kept.name = error.name
  if (error.stack !== undefined)
    kept.stack = message === error.message ? error.stack : withoutMessage(error, message)
  if ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number')) {
    Object.defineProperty(kept, 'code', { value: error.code, enumerable: true })
  }
  return kept
}

function withoutMessage({ stack = '', message }: Error, instead: string): string {
  return message === '' ? stack : stack.replace(message, () => instead)
}

/** A connection refused on every address comes as an AggregateError without a message of its own. */
function messageOf(error: Error): string {
  // JSON.parse quotes what it was given.
  if (isErrorOf('SyntaxError', error)) return 'A text in the store is not JSON.'
  if (error.message !== '') return error.message
  const [first] = errorsIn(error) ?? []
  return isError(first) ? first.message : ''
}
