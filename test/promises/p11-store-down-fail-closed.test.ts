import { describe, expect, test, vi } from 'vitest'
import type { StoreOperation } from '../../src/core/errors.ts'
import type { Session } from '../../src/core/session.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { interceptStore } from '../../src/testing/intercept-store.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { settle } from '../engine/later-store.ts'
import { isPending } from '../engine/pending.ts'
import { startFaulty, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  b: number
}

/** A manager with a visitor on a store that fails when told to. Waits are short, and real. */
async function visitor(options: Parameters<typeof startFaulty<Data>>[0] = {}) {
  const started = startFaulty<Data>({ storeTimeout: 40, ...options })
  await started.browser.request((session) => {
    session.userId = 'ann'
    session.a = 1
  })
  started.clock.advance('1h')
  return started
}

const BEFORE = { userId: 'ann', a: 1 }
const HOW = ['reject', 'throw'] as const

describe('a load that fails', () => {
  test.each(HOW)(
    'is a StoreError with status 503, and the handler never runs: %s [P11] [C75]',
    async (how) => {
      const { browser, store, sessions } = await visitor()
      const log = new EventLog(sessions)
      const cause = new Error('connection refused')
      store.fail('get', { nth: 1, how, error: cause })
      let ran = false
      const request = browser.request(() => {
        ran = true
      })
      await expect(request).rejects.toMatchObject({
        name: 'StoreError',
        code: 'ERR_STORE_UNAVAILABLE',
        status: 503,
        retryable: true,
        operation: 'get',
        store: 'MemorySessionStore',
        cause: expect.objectContaining({ message: 'connection refused' }),
      })
      expect(ran).toBe(false)
      expect(log.told).toEqual(['storeFailed'])
    },
  )

  test('that never answers is a StoreError within storeTimeout [P11] [C76]', async () => {
    const { browser, store, sessions } = await visitor()
    const log = new EventLog(sessions)
    store.stall('get')
    const began = performance.now()
    await expect(browser.arrive()).rejects.toMatchObject({
      code: 'ERR_STORE_TIMEOUT',
      status: 503,
      message: expect.stringMatching(/within 40 ms/),
    })
    const waited = performance.now() - began
    expect(waited).toBeGreaterThan(30)
    expect(waited).toBeLessThan(1_000)
    expect(log.told).toEqual(['storeFailed'])
  })

  test('waits 2 seconds for an answer by default [P11] [C76]', async () => {
    const { browser, store } = startFaulty<Data>()
    await browser.request((session) => session.set('a', 1))
    store.stall('get')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const loading = browser.arrive()
    loading.catch(() => {})
    vi.advanceTimersByTime(1_999)
    expect(await isPending(loading)).toBe(true)
    // And one more, in which an answer that has come in is still read.
    vi.advanceTimersByTime(2)
    vi.useRealTimers()
    await expect(loading).rejects.toThrow(/within 2000 ms/)
  })

  test('changes nothing: the session is as it was when the store is back [P11] [C75]', async () => {
    const { browser, store, memory } = await visitor()
    store.fail('get', { nth: 1 })
    await expect(browser.request((session) => session.clear())).rejects.toMatchObject({ status: 503 })
    expect(memory.count()).toBe(1)
    expect(await browser.look()).toEqual(BEFORE)
  })
})

describe('a change of id whose last answer gets lost, the old record having ended', () => {
  const user = (data: Partial<Data>): string | undefined =>
    data.a === 7 && data.b === 7 ? 'cleo' : data.userId
  const CHANGES: ReadonlyArray<[string, number, (session: Session<Data>) => unknown]> = [
    ['a sign-in', 1, (session) => session.set('userId', 'bob')],
    ['a regenerate()', 1, (session) => session.regenerate({ keep: true })],
    ['a clear() and a write', 1, (session) => clearAndWrite(session)],
    ['two requests that sign in together', 2, (session) => session.set('b', 7)],
  ]
  const TRIES: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
    ['nothing before the response', () => {}],
    ['a save() nobody waits for', (session) => void session.save()],
    ['a save() whose error is caught', (session) => session.save().catch(() => {})],
  ]
  describe.each(CHANGES)('%s', (_what, writes, change) => {
    test.each(TRIES)(
      'fails the response after %s, and no session is left [P2] [P4] [P11]',
      async (_how, trying) => {
        const { browser, store, memory } = await visitor({ user })
        const exchange = await browser.arrive()
        const { session } = exchange
        if (writes === 2) await browser.request((other) => other.set('a', 7))
        await change(session)
        store.fail('replace', { nth: writes, when: 'after' })
        await trying(session)
        await expect(exchange.leave()).rejects.toMatchObject({ name: 'StoreError', status: 503 })
        await settle()
        expect(memory.count()).toBe(0)
      },
    )
  })

  test('fails the response after an update() whose error is caught, as well [P2] [P11]', async () => {
    const { browser, store } = await visitor()
    const exchange = await browser.arrive()
    await exchange.session.regenerate({ keep: true })
    store.fail('replace', { nth: 1, when: 'after' })
    const updating = exchange.session.update((draft) => void Object.assign(draft, { b: 7 }))
    await expect(updating).rejects.toMatchObject({ name: 'StoreError' })
    await expect(exchange.leave()).rejects.toMatchObject({ name: 'StoreError', status: 503 })
  })

  test('fails the response when the change was taken back, and there is nothing left to extend [P2] [P11]', async () => {
    const { browser, store } = await visitor()
    const exchange = await browser.arrive()
    exchange.session.userId = 'bob'
    store.fail('replace', { nth: 1, when: 'after' })
    await expect(exchange.session.save()).rejects.toMatchObject({ name: 'StoreError' })
    exchange.session.userId = 'ann'
    await expect(exchange.leave()).rejects.toMatchObject({ name: 'StoreError', status: 503 })
  })

  test('goes on when the old record had not ended [P11]', async () => {
    const { browser, store, memory } = await visitor()
    await browser.request(async (session) => {
      session.userId = 'bob'
      store.fail('replace', { nth: 1, when: 'before' })
      await expect(session.save()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    })
    expect(memory.count()).toBe(1)
    expect(await browser.look()).toMatchObject({ userId: 'bob' })
  })
})

describe("with onStoreFailure 'anonymous'", () => {
  const WRITES: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
    ['a write', (session) => session.set('b', 2)],
    ['a save()', (session) => writeAndSave(session)],
    ['an update()', (session) => session.update((draft) => void Object.assign(draft, { b: 2 }))],
    ['a sign-in', (session) => session.set('userId', 'eve')],
    ['a regenerate() with data', (session) => regenerateAndWrite(session)],
    ['a clear() with data after it', (session) => clearAndWrite(session)],
  ]

  test('a failed load is an empty session that can be read, and that leaves the cookie alone [P11] [C75]', async () => {
    const { browser, store, memory } = await visitor({ onStoreFailure: 'anonymous' })
    for (const fault of ['fail', 'stall'] as const) {
      store[fault]('get')
      const response = await browser.request((session) => expect(session.toJSON()).toEqual({}))
      expect(response.setCookie).toBeNull()
      store.heal()
    }
    expect(memory.count()).toBe(1)
    expect(await browser.look()).toEqual(BEFORE)
  })

  test.each(WRITES)(
    '%s into it is an error, also when the store has come back meanwhile [P11]',
    async (_name, write) => {
      for (const healed of [false, true]) {
        const { browser, store, memory } = await visitor({ onStoreFailure: 'anonymous' })
        store.fail('get')
        const exchange = await browser.arrive()
        if (healed) store.heal()
        const request = Promise.resolve(write(exchange.session)).then(() => exchange.leave())
        await expect(request).rejects.toMatchObject({ name: 'StoreError', status: 503 })
        store.heal()
        expect(memory.count()).toBe(1)
        expect(await browser.look()).toEqual(BEFORE)
      }
    },
  )

  test('what is written into it and taken out again ends nothing [P11]', async () => {
    const { browser, store } = await visitor({ onStoreFailure: 'anonymous' })
    store.fail('get', { nth: 1 })
    const response = await browser.request((session) => {
      session.b = 2
      delete session.b
    })
    expect(response.setCookie).toBeNull()
    expect(await browser.look()).toEqual(BEFORE)
  })

  test('reload() gets the session after all when the store is back [P11]', async () => {
    const { browser, store } = await visitor({ onStoreFailure: 'anonymous' })
    store.fail('get', { nth: 1 })
    await browser.request(async (session) => {
      expect(session.toJSON()).toEqual({})
      await session.reload()
      expect(session.toJSON()).toEqual(BEFORE)
      session.b = 2
    })
    expect(await browser.look()).toEqual({ ...BEFORE, b: 2 })
  })

  test('destroy() ends the session that could not be loaded [P11] [C40]', async () => {
    const { browser, store, memory, sessions } = await visitor({ onStoreFailure: 'anonymous' })
    const log = new EventLog(sessions)
    store.fail('get', { nth: 1 })
    const response = await browser.request((session) => session.destroy())
    expect(memory.count()).toBe(0)
    expect(response.clearsCookie).toBe(true)
    expect(log.told).toEqual(['storeFailed', 'destroyed'])
  })

  test('read() gives an empty session likewise [P11]', async () => {
    const { browser, store, sessions } = await visitor({ onStoreFailure: 'anonymous' })
    store.fail('get', { nth: 1 })
    expect((await sessions.read(browser.cookie ?? '')).toJSON()).toEqual({})
  })

  test('a fault that is not the store is thrown all the same [P11]', async () => {
    const { browser, sessions } = await visitor({
      onStoreFailure: 'anonymous',
      now: () => clockOf.time,
    })
    clockOf.time = Number.NaN
    await expect(Promise.resolve().then(() => sessions.open(browser.cookie))).rejects.toMatchObject({
      name: 'ConfigError',
    })
    clockOf.time = START
  })
})

const START = Date.UTC(2026, 0, 1)
const clockOf = { time: START }

const SAVES: ReadonlyArray<[StoreOperation, (session: Session<Data>) => unknown]> = [
  ['replace', (session) => session.set('b', 2)],
  ['replace', (session) => session.update((draft) => void Object.assign(draft, { b: 2 }))],
  ['touch', (session) => session.a],
  ['create', (session) => session.set('userId', 'eve')],
  ['replace', (session) => session.set('userId', 'eve')],
  ['create', (session) => session.regenerate({ keep: true })],
]

describe('a save that fails', () => {
  test.each(SAVES)(
    'in %s, case %#, is a 503 without a cookie, and what was there is there still [P11] [C75]',
    async (verb, act) => {
      for (const how of HOW) {
        const { browser, store, memory } = await visitor()
        store.fail(verb, { nth: 1, how })
        await expect(browser.request(act)).rejects.toMatchObject({
          name: 'StoreError',
          status: 503,
          operation: verb,
        })
        await settle()
        expect(memory.count()).toBe(1)
        expect(await browser.look()).toEqual(BEFORE)
      }
    },
  )

  test.each(SAVES)(
    'in %s, case %#, for want of an answer fails within storeTimeout, and the late call hands out nothing [P11] [C76]',
    async (verb, act) => {
      const { browser, store, memory } = await visitor()
      const before = browser.ticket
      store.stall(verb)
      const began = performance.now()
      await expect(browser.request(act)).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT', status: 503 })
      expect(performance.now() - began).toBeLessThan(1_000)
      store.heal()
      await settle()
      expect(browser.ticket).toBe(before)
      // The one call that was on its way may arrive, or not: nothing may be doubled or left over by it.
      expect(memory.count()).toBeLessThanOrEqual(1)
      expect(memory.entries().records.filter(({ user }) => user === 'eve')).toEqual([])
    },
  )

  test.each(['before', 'after'] as const)(
    'of a first session leaves no record behind, cut off %s the work [P11]',
    async (when) => {
      const { sessions, store, memory } = startFaulty<Data>({ storeTimeout: 40 })
      store.fail('create', { nth: 1, when })
      const visitor = new Browser(sessions)
      await expect(visitor.request((session) => session.set('a', 1))).rejects.toMatchObject({ status: 503 })
      await settle()
      expect(memory.count()).toBe(0)
      expect(visitor.ticket).toBeNull()
    },
  )

  test('of a destroy is an error, never a success, and can be repeated [P11] [C40]', async () => {
    const { browser, store, memory } = await visitor()
    store.fail('destroy', { nth: 1 })
    await browser.request(async (session) => {
      await expect(session.destroy()).rejects.toMatchObject({ status: 503 })
      expect(memory.count()).toBe(1)
      await session.destroy()
      expect(memory.count()).toBe(0)
    })
    const revoking = await visitor()
    const { id } = (await revoking.browser.arrive()).session
    revoking.store.fail('destroy', { nth: 1 })
    revoking.store.fail('destroyByUser', { nth: 1 })
    await expect(revoking.sessions.revoke(id)).rejects.toMatchObject({ status: 503 })
    await expect(revoking.sessions.user('ann').revoke()).rejects.toMatchObject({ status: 503 })
    expect(await revoking.sessions.user('ann').revoke()).toBe(1)
  })
})

describe('a reply that comes too late', () => {
  test('is not followed by a write on a store that needs two steps [P11] [C75]', async () => {
    const started = startOn<Data, ReturnType<typeof twoSteps>>(twoSteps, { storeTimeout: 40 })
    await started.browser.request((session) => session.set('a', 1))
    const slow = await started.browser.arrive()
    slow.session.a = 2
    started.store.stall('get', { nth: 1 })
    await expect(slow.leave()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
    started.store.heal()
    await settle()
    expect(await started.browser.look()).toEqual({ a: 1 })
  })

  function twoSteps(memory: SessionStore) {
    // Three methods of the seven: the engine has to read and write in two steps.
    const { get, set, destroy } = memory
    return faultyStore({ get: get.bind(memory), set: set.bind(memory), destroy: destroy.bind(memory) })
  }
})

describe('an error of the store', () => {
  test('keeps what an operator needs of the driver’s error, and none of the data hung on it [P11] [A28]', async () => {
    const { browser, store } = await visitor()
    const error = Object.assign(new Error('write failed'), {
      code: 'ECONNRESET',
      command: { name: 'SET', args: ['{"userId":"ann"}'] },
    })
    store.fail('get', { nth: 1, error })
    const failed = await browser.arrive().catch((reason: unknown) => reason)
    expect(failed).toMatchObject({ cause: { message: 'write failed', code: 'ECONNRESET' } })
    expect(failed).not.toHaveProperty('cause.command')
  })

  test('says that a new id is taken, and nothing there is written over [P11] [A30]', async () => {
    const { browser, memory } = startOn<Data, SessionStore>((below) =>
      interceptStore(below, (operation, run) => (operation === 'create' ? false : run()), {}),
    )
    const failed = await browser.request((session) => session.set('a', 1)).catch((reason: unknown) => reason)
    expect(failed).toMatchObject({ code: 'ERR_STORE_CONFLICT', operation: 'create', retryable: true })
    expect([memory.count(), browser.ticket]).toEqual([0, null])
  })

  test('does not keep the process from serving others, nor the same visitor later [P11]', async () => {
    const { browser, sessions, store } = await visitor()
    store.fail('get', { nth: 1 })
    const [failed, other] = await Promise.allSettled([browser.look(), new Browser(sessions).look()])
    expect([failed.status, other.status]).toEqual(['rejected', 'fulfilled'])
    expect(await browser.look()).toEqual(BEFORE)
  })
})

function writeAndSave(session: Session<Data>): Promise<void> {
  session.b = 2
  return session.save()
}

async function regenerateAndWrite(session: Session<Data>): Promise<void> {
  await session.regenerate()
  session.b = 2
}

function clearAndWrite(session: Session<Data>): void {
  session.clear()
  session.b = 2
}
