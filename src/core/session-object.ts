import { copyJson, type DataObject } from './data-text.ts'
import { valueError } from './data-value.ts'
import type { DraftChange } from './draft-change.ts'
import { UsageError } from './errors.ts'
import { isReservedKey, reservedKeyError } from './reserved-keys.ts'
import { saveError } from './save-error.ts'
import type { Session } from './session.ts'
import type { SessionState } from './session-state.ts'
import type { RegenerateOptions, SessionCallback, SessionVerbs } from './session-verbs.ts'
import { shownText } from './shown-text.ts'

/** What the verbs of a session ask of the request they belong to. */
export interface SessionDesk {
  /** Called before each use of the session: until the first, its state may not have been looked for yet. */
  use(state: SessionState): void
  createdAt(state: SessionState): number
  expiresAt(state: SessionState, readonly: boolean): number
  clear(state: SessionState): void
  regenerate(state: SessionState, options: RegenerateOptions | readonly string[] | undefined): void
  /** As `regenerate`, with a new object taking the place of the one the handler holds. */
  regenerateAsNew(state: SessionState): Promise<void>
  destroy(state: SessionState): Promise<void>
  save(state: SessionState): Promise<void>
  reload(state: SessionState): Promise<void>
  update(state: SessionState, change: DraftChange): Promise<boolean>
}

// Proxies hide their target, so the verbs find it through this key. It is not exported and not registered.
const TARGET = Symbol('coatcheck.session')

/**
 * A session object's hidden side: the state, and whom the verbs ask.
 *
 * Private fields, given out by methods and by no getter: `console.dir`, and what a failed `node:assert` prints, look
 * behind a proxy and not for its `inspect.custom`, and from the state it is not far to the ticket.
 */
class Target {
  readonly #state: SessionState
  readonly #desk: SessionDesk
  readonly #readonly: boolean

  constructor(state: SessionState, desk: SessionDesk, readonly: boolean) {
    this.#state = state
    this.#desk = desk
    this.#readonly = readonly
  }

  state(): SessionState {
    return this.#state
  }

  desk(): SessionDesk {
    return this.#desk
  }

  get readonly(): boolean {
    return this.#readonly
  }

  /** Notes a use, and gives the state. */
  used(): SessionState {
    this.#desk.use(this.#state)
    return this.#state
  }

  get [TARGET](): Target {
    return this
  }

  /** Tells who has looked behind the proxy why there is nothing. */
  get [Symbol.toStringTag](): string {
    return 'session.toJSON() has its data'
  }

  /** Shows the data to `console.log`, which finds this on the target and calls it on the proxy. */
  [Symbol.for('nodejs.util.inspect.custom')](): DataObject {
    // Not copied as JSON: what is printed to find a fault may be what JSON cannot hold.
    return { ...this[TARGET].used().seen }
  }
}

/**
 * Makes the object a handler holds.
 *
 * A proxy, and not a plain object compared at the end: it parses the data only when somebody looks, knows
 * that nothing was changed without serialising anything, refuses a reserved key where it is written, and is
 * itself the lazy thing, so that no framework needs a lazy property for it.
 */
export function sessionObject<Data extends object>(
  state: SessionState,
  desk: SessionDesk,
  readonly: boolean,
): Session<Data> {
  // The proxy answers as a Session<Data>; a target of that type cannot exist, since its data is elsewhere.
  return new Proxy(new Target(state, desk, readonly), HANDLER) as unknown as Session<Data>
}

/**
 * Gives the id under which a session is in the store, which is another one than its own after `regenerate()` until that
 * is saved; `undefined` for what is no session.
 */
export function storedIdOf(session: object): string | undefined {
  const target: unknown = Reflect.get(session, TARGET)
  if (!(target instanceof Target)) return undefined
  const state = target.used()
  return state.loaded?.record.id ?? state.id
}

interface Held {
  readonly [TARGET]: Target
}

type Verbs = { [Name in keyof SessionVerbs<DataObject>]: unknown } & ThisType<Held>

function open(held: Held): Target {
  const target = held[TARGET]
  target.used()
  return target
}

function writable(held: Held): Target {
  const target = open(held)
  if (target.readonly) throw readonlyError()
  return target
}

/** The prototype of every session: what is here is a verb, everything else is data. */
const VERBS: Verbs = {
  get id(): string {
    return open(this).state().id
  },
  get isNew(): boolean {
    return open(this).state().isNew
  },
  get createdAt(): number {
    const target = open(this)
    return target.desk().createdAt(target.state())
  },
  get expiresAt(): number {
    const target = open(this)
    return target.desk().expiresAt(target.state(), target.readonly)
  },
  has(key: string): boolean {
    return open(this).state().hasValue(key)
  },
  get(key: string): unknown {
    return open(this).state().read(key)
  },
  set(key: string, value: unknown): void {
    writeKey(writable(this), key, value)
  },
  clear(): void {
    const target = writable(this)
    target.desk().clear(target.state())
  },
  regenerate(
    argument?: RegenerateOptions | readonly string[] | SessionCallback,
    callback?: SessionCallback,
  ): Promise<void> | void {
    const target = writable(this)
    const desk = target.desk()
    if (typeof argument === 'function') return answer(desk.regenerateAsNew(target.state()), argument)
    return answer(
      settled(() => desk.regenerate(target.state(), argument)),
      callback,
    )
  },
  destroy(callback?: SessionCallback): Promise<void> | void {
    const target = writable(this)
    return answer(repeatedByCommit(target.desk().destroy(target.state())), callback)
  },
  save(callback: SessionCallback | undefined): Promise<void> | void {
    const target = writable(this)
    return answer(repeatedByCommit(target.desk().save(target.state())), callback)
  },
  reload(callback?: SessionCallback): Promise<void> | void {
    const target = open(this)
    const state = target.state()
    const reloading = target.desk().reload(state)
    if (callback === undefined) return reloading
    return answer(
      reloading.then(() => {
        if (state.isNew) throw endedError()
      }),
      callback,
    )
  },
  touch(): void {
    open(this)
  },
  update(change: DraftChange): Promise<boolean> {
    const target = writable(this)
    return target.desk().update(target.state(), change)
  },
  toJSON(): DataObject {
    return copyJson(open(this).state().seen)
  },
}

// Frozen: it is every session's, and `session.__proto__` leads to it.
const PROTOTYPE: object = Object.freeze(Object.create(Object.prototype, hidden(VERBS)))

function hidden(verbs: object): PropertyDescriptorMap {
  const descriptors = Object.getOwnPropertyDescriptors(verbs)
  return Object.fromEntries(
    Object.entries(descriptors).map(([name, descriptor]) => [name, { ...descriptor, enumerable: false }]),
  )
}

const HANDLER: ProxyHandler<Target> = {
  get(target, key, receiver) {
    if (typeof key === 'symbol') return key === TARGET ? target : Reflect.get(PROTOTYPE, key, receiver)
    if (isReservedKey(key)) return Reflect.get(PROTOTYPE, key, receiver)
    return target.used().read(key)
  },
  set(target, key, value) {
    if (target.readonly) throw readonlyError()
    writeKey(target, key, value)
    return true
  },
  deleteProperty(target, key) {
    if (target.readonly) throw readonlyError()
    if (typeof key === 'symbol') return true
    const state = target.used()
    if (state.hasKey(key)) state.remove(key)
    return true
  },
  has(target, key) {
    if (typeof key === 'symbol') return Reflect.has(PROTOTYPE, key)
    return target.used().hasKey(key) || Reflect.has(PROTOTYPE, key)
  },
  ownKeys(target) {
    return target.used().keys
  },
  getOwnPropertyDescriptor(target, key) {
    if (typeof key === 'symbol') return undefined
    const state = target.used()
    if (!state.hasKey(key)) return undefined
    return { value: state.read(key), writable: true, enumerable: true, configurable: true }
  },
  defineProperty(target, key, descriptor) {
    if (target.readonly) throw readonlyError()
    // One that could not be deleted again is not to be had of a proxy.
    if (descriptor.configurable === false) return false
    // A getter is no value JSON could hold, and is refused as the function it is.
    const value: unknown = descriptor.get ?? descriptor.set ?? descriptor.value
    // As on any object, a value that is there stays when none is given.
    const kept =
      value === undefined && !('value' in descriptor) && typeof key === 'string' && target.used().hasKey(key)
    if (!kept) writeKey(target, key, value)
    return true
  },
  getPrototypeOf: () => PROTOTYPE,
  setPrototypeOf: () => false,
  preventExtensions: () => false,
}

function writeKey(target: Target, key: string | symbol, value: unknown): void {
  if (typeof key === 'symbol' || isReservedKey(key)) throw reservedKeyError(key)
  if (target.state().fate === 'destroyed') {
    throw new UsageError(
      'ERR_SESSION_DESTROYED',
      `The session was destroyed in this request, so '${shownText(key)}' cannot be written. Call session.regenerate() first to start a new one.`,
    )
  }
  const error = valueError(key, value)
  if (error !== null) throw error
  target.used().put(key, value)
}

function endedError(): UsageError {
  return new UsageError(
    'ERR_SESSION_DESTROYED',
    'reload() found no session: it has ended, or none had begun. It is empty. Take the visitor for logged out.',
  )
}

function settled(work: () => void): Promise<void> {
  return new Promise((resolve) => {
    work()
    resolve()
  })
}

/**
 * Keeps a verb nobody waits for from ending the process with an unhandled rejection. Nothing is hidden by it: the
 * commit, which the response waits for, tries the same again and fails as loudly.
 */
function repeatedByCommit(work: Promise<void>): Promise<void> {
  work.catch(() => {})
  return work
}

/** Tells a callback how a promise ended, exactly once, and outside the promise, so that what it throws is its own. */
function answer(work: Promise<void>, callback: SessionCallback | undefined): Promise<void> | void {
  if (typeof callback !== 'function') return work
  work.then(
    () => queueMicrotask(() => callback()),
    (error: unknown) => queueMicrotask(() => callback(saveError(error))),
  )
}

function readonlyError(): UsageError {
  return new UsageError(
    'ERR_SESSION_READONLY',
    'This session was opened with sessions.read() and cannot be changed. Change it in an ordinary request.',
  )
}
