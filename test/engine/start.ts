import type { SessionsOptions } from '../../src/core/options.ts'
import type { DefaultData } from '../../src/core/session-data.ts'
import { createSessions, type Sessions } from '../../src/core/sessions.ts'
import type { StorableData } from '../../src/core/storable-data.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { type BarrierStore, barrierStore } from '../../src/testing/barrier-store.ts'
import { createClock, type TestClock } from '../../src/testing/clock.ts'
import { type FaultyStore, faultyStore } from '../../src/testing/faulty-store.ts'
import { Browser } from './browser.ts'
import { laterStore } from './later-store.ts'

/** A secret good enough to sign with, the same in all tests. */
export const SECRET = 'a-secret-of-the-tests-0123456789abcdef'

/** A manager with all it stands on, and a browser that has never been there. */
export interface Started<Data extends object, Store extends SessionStore> {
  sessions: Sessions<Data>
  /** What the manager speaks to. */
  store: Store
  /** The memory store at the bottom, to look into. */
  memory: MemorySessionStore
  clock: TestClock
  browser: Browser<Data>
}

type Options<Data extends object> = Partial<SessionsOptions<Data>>
type DataOf<Data> = StorableData<Data> & object

/** Starts a manager on a memory store, both on one clock. */
export function start<Data extends DataOf<Data> = DefaultData>(
  options: Options<Data> = {},
): Started<Data, MemorySessionStore> {
  return startOn<Data, MemorySessionStore>((memory) => memory, options)
}

/** Starts a manager on a store that answers with promises, as a server does. */
export function startLater<Data extends DataOf<Data> = DefaultData>(
  options: Options<Data> = {},
): Started<Data, MemorySessionStore> {
  return startOn<Data, MemorySessionStore>(laterStore, options)
}

/** Starts a manager on a store that answers with promises and whose calls can be held. */
export function startHeld<Data extends DataOf<Data> = DefaultData>(
  options: Options<Data> = {},
): Started<Data, MemorySessionStore & BarrierStore> {
  return startOn<Data, MemorySessionStore & BarrierStore>(
    (memory) => barrierStore(laterStore(memory)),
    options,
  )
}

/** Starts a manager on a store that fails when told to. */
export function startFaulty<Data extends DataOf<Data> = DefaultData>(
  options: Options<Data> = {},
): Started<Data, MemorySessionStore & FaultyStore> {
  return startOn<Data, MemorySessionStore & FaultyStore>(faultyStore, options)
}

/** Starts a manager on what `wrap` makes of a memory store. */
export function startOn<Data extends DataOf<Data>, Store extends SessionStore>(
  wrap: (memory: MemorySessionStore) => Store,
  options: Options<Data> = {},
): Started<Data, Store> {
  const clock = createClock()
  const memory = new MemorySessionStore({ now: clock.now })
  const store = wrap(memory)
  const sessions = createSessions<Data>({ secret: SECRET, store, now: clock.now, ...options })
  return { sessions, store, memory, clock, browser: new Browser<Data>(sessions) }
}

/** Starts a second manager on the same store and clock, as another process has it. */
export function startBeside<Data extends DataOf<Data>>(
  { store, clock }: Pick<Started<Data, SessionStore>, 'store' | 'clock'>,
  options: Options<Data> = {},
): Sessions<Data> {
  return createSessions<Data>({ secret: SECRET, store, now: clock.now, ...options })
}
