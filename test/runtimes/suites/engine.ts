import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createStorage } from 'unstorage'
import type { SessionStore, Sessions } from '../../../src/index.ts'
import type { TestClock } from '../../../src/testing/clock.ts'
import { Visitor, type VisitorData } from '../../stores/visitor.ts'
import {
  barrierStore,
  createClock,
  createSessions,
  faultyStore,
  isSessionError,
  MemorySessionStore,
  UnstorageSessionStore,
} from '../built.js'
import type { AddCase, Suite } from './suite.ts'

const SECRET = 'the secret of the engine tests: 9d41f60b'
const OLDER_SECRET = 'the secret before that one was: a3c55e27'

/** The engine's promises, each once: what is at stake is whether they hold on this runtime too. */
export const engineSuite: Suite = {
  name: 'engine',
  part: 'engine',
  cases: (add) => {
    flows(add)
    races(add)
    lifetimes(add)
    surroundings(add)
  },
}

interface Setting {
  store?: SessionStore
  secret?: string | readonly [string, ...string[]]
  now?: () => number
  storeTimeout?: number
}

function sessionsOf(setting: Setting = {}): Sessions<VisitorData> {
  const store = setting.store ?? new MemorySessionStore(setting.now === undefined ? {} : { now: setting.now })
  return createSessions<VisitorData>({ secret: SECRET, ...setting, store })
}

async function loggedIn(sessions: Sessions<VisitorData>): Promise<Visitor> {
  const visitor = new Visitor(sessions)
  await visitor.visit((session) => {
    session.userId = 'ann'
  })
  return visitor
}

function flows(add: AddCase): void {
  add('a login changes the id, keeps the data, and ends the old id [P5]', async () => {
    const visitor = new Visitor(sessionsOf())
    await visitor.visit((session) => {
      session.cart = ['coat']
    })
    const before = visitor.twin()
    await visitor.visit((session) => {
      session.userId = 'ann'
    })
    notEqual(visitor.cookie, before.cookie)
    deepEqual(await visitor.visit((session) => session.toJSON()), { cart: ['coat'], userId: 'ann' })
    deepEqual(await before.visit((session) => session.toJSON()), {})
  })

  add('a changed secret logs nobody out, and a removed one does [P7] [A20]', async () => {
    const store = new MemorySessionStore()
    const old = await loggedIn(sessionsOf({ store, secret: OLDER_SECRET }))
    const rotated = old.twin(sessionsOf({ store, secret: [SECRET, OLDER_SECRET] }))
    equal(await rotated.visit((session) => session.userId), 'ann')
    notEqual(rotated.cookie, old.cookie)
    const after = sessionsOf({ store })
    equal(await rotated.twin(after).visit((session) => session.userId), 'ann')
    equal(await old.twin(after).visit((session) => session.userId), undefined)
  })

  add("a user's sessions are listed, and revoked but for one [C41]", async () => {
    const sessions = sessionsOf()
    const [here, there] = [await loggedIn(sessions), await loggedIn(sessions)]
    const id = await here.visit((session) => session.id)
    equal((await sessions.user('ann').list()).length, 2)
    equal(await sessions.user('ann').revoke({ except: id }), 1)
    equal(await here.visit((session) => session.userId), 'ann')
    equal(await there.visit((session) => session.userId), undefined)
  })

  add('ids and tokens are 32 random bytes, never twice the same [C01]', async () => {
    const sessions = sessionsOf()
    const cookies = new Set<string | null>()
    for (let visit = 0; visit < 300; visit++) cookies.add((await loggedIn(sessions)).cookie)
    equal(cookies.size, 300)
    for (const cookie of cookies) ok(/=[\w-]{43}\.[\w-]{43}$/.test(cookie ?? ''))
  })
}

function races(add: AddCase): void {
  add('two requests that write different keys both count [P3] [M1]', async () => {
    const store = barrierStore(new MemorySessionStore())
    const visitor = await loggedIn(sessionsOf({ store }))
    const gate = store.hold('replace')
    const slow = visitor.twin().visit((session) => {
      session.note = 'slow'
    })
    await gate.reached
    await visitor.twin().visit((session) => {
      session.cart = ['fast']
    })
    gate.release()
    await slow
    const data = await visitor.visit((session) => session.toJSON())
    deepEqual(data, { userId: 'ann', note: 'slow', cart: ['fast'] })
  })

  add('a session that ended stays dead while a write is in flight [P4] [M2]', async () => {
    const store = barrierStore(new MemorySessionStore())
    const visitor = await loggedIn(sessionsOf({ store }))
    const [slow, thief] = [visitor.twin(), visitor.twin()]
    const gate = store.hold('replace')
    const writing = slow.visit((session) => {
      session.note = 'in flight'
    })
    await gate.reached
    await visitor.visit((session) => session.destroy())
    gate.release()
    await writing
    equal(store.count(), 0)
    deepEqual(await thief.visit((session) => session.toJSON()), {})
  })

  add('of 20 logins with one cookie one wins, and the old id is dead [P5] [A23]', async () => {
    const store = new MemorySessionStore()
    const visitor = new Visitor(sessionsOf({ store }))
    await visitor.visit((session) => {
      session.count = 0
    })
    const twins = Array.from({ length: 20 }, () => visitor.twin())
    const logins = twins.map((twin) =>
      twin.visit(async (session) => {
        await Promise.resolve()
        session.userId = 'ann'
      }),
    )
    await Promise.all(logins)
    equal(store.count(), 1)
    equal(new Set(twins.map(({ cookie }) => cookie)).size, 2)
  })

  add('1,000 parallel updates count to 1,000 [P3]', async () => {
    const visitor = await loggedIn(sessionsOf())
    const increments = Array.from({ length: 1_000 }, () =>
      visitor.twin().visit((session) =>
        session.update((draft) => {
          draft.count = (draft.count ?? 0) + 1
        }),
      ),
    )
    await Promise.all(increments)
    equal(await visitor.visit((session) => session.count), 1_000)
  })
}

function lifetimes(add: AddCase): void {
  const readsFor = async (clock: TestClock, visitor: Visitor, step: `${number}h`): Promise<number> => {
    let reads = 0
    do clock.advance(step)
    while ((await visitor.visit((session) => session.userId)) === 'ann' && ++reads < 1_000)
    return reads
  }

  add('an unused session ends after 24 hours, a used one after 30 days [P8]', async () => {
    const clock = createClock()
    const sessions = sessionsOf({ now: clock.now })
    equal(await readsFor(clock, await loggedIn(sessions), '24h'), 0)
    equal(await readsFor(clock, await loggedIn(sessions), '12h'), 59)
  })
}

function surroundings(add: AddCase): void {
  add('a store that does not answer is a 503 in time [P11] [C76]', async () => {
    const store = faultyStore(new MemorySessionStore())
    const visitor = await loggedIn(sessionsOf({ store, storeTimeout: 50 }))
    store.stall('get')
    const is503 = (error: unknown): boolean =>
      isSessionError(error, 'ERR_STORE_TIMEOUT') && error.status === 503
    await rejects(
      visitor.visit((session) => session.userId),
      is503,
    )
    store.heal()
  })

  add('events are published on node:diagnostics_channel', async () => {
    const seen: unknown[] = []
    const listen = (event: unknown): void => void seen.push(event)
    subscribe('coatcheck:created', listen)
    await loggedIn(sessionsOf())
    unsubscribe('coatcheck:created', listen)
    equal(seen.length, 1)
  })

  add('a store that answers without a promise makes none [DESIGN 5]', async () => {
    const sessions = sessionsOf()
    const visitor = await loggedIn(sessions)
    const passage = sessions.open(visitor.cookie)
    ok(!('then' in passage) && passage.session.userId === 'ann' && passage.commit() !== undefined)
  })

  add('a session lives in a storage of unstorage from login to logout', async () => {
    const visitor = await loggedIn(sessionsOf({ store: new UnstorageSessionStore(createStorage()) }))
    const thief = visitor.twin()
    equal(await visitor.visit((session) => session.userId), 'ann')
    await visitor.visit((session) => session.destroy())
    equal(await thief.visit((session) => session.userId), undefined)
  })

  add('a weak secret does not start [P12]', async () => {
    const weak = async (): Promise<unknown> => sessionsOf({ secret: 'keyboard cat' })
    await rejects(weak, (error) => isSessionError(error, 'ERR_CONFIG_INSECURE'))
  })
}
