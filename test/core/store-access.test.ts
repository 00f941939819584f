import { once } from 'node:events'
import { connect } from 'node:net'
import { inspect } from 'node:util'
import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ConfigError, type StoreOperation } from '../../src/core/errors.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { TimeOver } from '../../src/core/time-over.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { interceptStore } from '../../src/testing/intercept-store.ts'
import { EventLog } from '../engine/event-log.ts'
import { settle } from '../engine/later-store.ts'
import { MapStore } from '../engine/map-store.ts'
import { startFaulty, startLater, startOn } from '../engine/start.ts'

test('a storeTimeout longer than a timer can count does not end every wait at once', async () => {
  const { browser, store } = startFaulty<{ a: number }>({ storeTimeout: '30d' })
  store.delay('create', 30)
  await browser.request((session) => {
    session.a = 1
  })
  expect(await browser.look()).toEqual({ a: 1 })
})

test('updates that queue for one session on a stalled store all fail within one bounded wait [P11]', async () => {
  const { browser, store } = startFaulty<{ n: number }>({ storeTimeout: 40 })
  await browser.request((session) => {
    session.n = 0
  })
  const waiting = await Promise.all(Array.from({ length: 20 }, () => browser.arrive()))
  store.stall('get')
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const updates = waiting.map(({ session }) =>
    session.update((draft) => {
      draft.n = (draft.n ?? 0) + 1
    }),
  )
  const outcomes = Promise.allSettled(updates)
  // One after the other they would take 20 of these. One more, since what has come in by then is still read.
  await vi.advanceTimersByTimeAsync(40 + 1)
  expect((await outcomes).map(({ status }) => status)).toEqual(Array(20).fill('rejected'))
})

test('a first save whose answer was lost can be repeated in the same request [P11]', async () => {
  const { browser, store } = startFaulty<{ a: number }>()
  await browser.request(async (session) => {
    session.a = 1
    store.fail('create', { nth: 1, when: 'after' })
    await expect(session.save()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: true })
    await session.save()
  })
  expect(await browser.look()).toEqual({ a: 1 })
})

test('a change of id that failed half way can be repeated in the same request [P5] [P11]', async () => {
  const { browser, memory, store } = startFaulty<{ a: number; userId: string }>()
  await browser.request((session) => {
    session.a = 1
  })
  await browser.request(async (session) => {
    session.userId = 'ann'
    store.fail('replace', { nth: 1 })
    await expect(session.save()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: true })
    await session.save()
  })
  expect(await browser.look()).toEqual({ a: 1, userId: 'ann' })
  expect(memory.count()).toBe(1)
})

describe('a failure of the store', () => {
  const OPERATIONS: readonly StoreOperation[] = [
    'create',
    'get',
    'replace',
    'touch',
    'destroy',
    'listByUser',
    'destroyByUser',
    'dispose',
  ]

  /** Makes the one call of an operation happen. */
  async function provoke(operation: StoreOperation, how: 'throw' | 'reject') {
    const started = startFaulty<{ a: number; userId: string }>()
    const { browser, sessions, store, clock } = started
    if (operation !== 'create') await browser.request((session) => session.set('a', 1))
    clock.advance('1h')
    const { id } = (await browser.arrive()).session
    const log = new EventLog(sessions)
    store.fail(operation, { nth: 1, how, error: new Error('the driver says no') })
    const calls: Partial<Record<StoreOperation, () => unknown>> = {
      get: () => browser.arrive(),
      touch: () => browser.request((session) => session.a),
      destroy: () => sessions.revoke(id),
      listByUser: () => sessions.user('ann').list(),
      destroyByUser: () => sessions.user('ann').revoke(),
      dispose: () => sessions.dispose(),
    }
    const call = calls[operation] ?? (() => browser.request((session) => session.set('a', 2)))
    const error: unknown = await Promise.resolve()
      .then(call)
      .catch((reason: unknown) => reason)
    return { error, failures: log.entries.filter(({ name }) => name === 'storeFailed') }
  }

  test.each(OPERATIONS)(
    'in %s is a StoreError that names the store and the call, thrown or rejected, and one event [P11]',
    async (operation) => {
      for (const how of ['throw', 'reject'] as const) {
        const { error, failures } = await provoke(operation, how)
        expect(error).toMatchObject({
          name: 'StoreError',
          code: 'ERR_STORE_UNAVAILABLE',
          store: 'MemorySessionStore',
          operation,
          message: `MemorySessionStore failed on '${operation}'. Look at 'cause', the error of the store or its driver, and at its server if it has one.`,
          cause: expect.objectContaining({ message: 'the driver says no' }),
        })
        expect(failures).toEqual([{ name: 'storeFailed', event: { operation, error } }])
      }
    },
  )

  test.each<'throw' | 'reject'>(['throw', 'reject'])(
    'in create is told also when what takes the record back fails, by a %s [P11]',
    async (how) => {
      for (const action of ['begins', 'gets a new id'] as const) {
        const { browser, sessions, store } = startFaulty<{ a: number; userId: string }>()
        if (action === 'gets a new id') await browser.request((session) => session.set('a', 1))
        const log = new EventLog(sessions)
        store.fail('create', { how, error: new Error('no room') })
        store.fail('destroy', { how, error: new Error('no room either') })
        await expect(browser.request((session) => session.set('userId', 'ann'))).rejects.toMatchObject({
          operation: 'create',
          cause: { message: 'no room' },
        })
        await settle()
        const failures = log.entries.filter(({ name }) => name === 'storeFailed')
        expect(failures.map(({ event }) => Reflect.get(event, 'operation'))).toEqual(['create', 'destroy'])
      }
    },
  )

  test('in the end of the old record is told also when what takes the new one back fails [P11]', async () => {
    const { browser, store } = startFaulty<{ a: number; userId: string }>()
    await browser.request((session) => session.set('a', 1))
    store.fail('replace', { how: 'throw', error: new Error('no room') })
    store.fail('destroy', { how: 'throw', error: new Error('no room either') })
    await expect(browser.request((session) => session.set('userId', 'ann'))).rejects.toMatchObject({
      operation: 'replace',
      cause: { message: 'no room' },
    })
  })

  const causes: ReadonlyArray<[string, unknown, string]> = [
    ['a text', 'secret text', 'The driver threw a string'],
    ['nothing', undefined, 'The driver threw a undefined'],
    ['an object', { message: 'secret text' }, 'The driver threw a object'],
    ['an error', new TypeError('plain'), 'plain'],
    [
      'several errors in one',
      new AggregateError([new Error('refused on every address')]),
      'refused on every address',
    ],
    ['several of nothing', new AggregateError([]), ''],
    [
      'an error with its command',
      Object.assign(new Error('plain'), { args: ['secret text'], query: 'secret text' }),
      'plain',
    ],
  ]
  test.each(causes)(
    'of %s keeps what it says and none of what hangs on it [A28]',
    async (_name, cause, message) => {
      const { browser, store } = startFaulty<{ a: number }>()
      store.fail('create', { error: cause })
      const error: unknown = await browser
        .request((session) => session.set('a', 1))
        .catch((reason: unknown) => reason)
      expect(error).toMatchObject({ name: 'StoreError', cause: { message } })
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret text')
    },
  )

  test('that is a ConfigError goes to the developer as it is', async () => {
    const { browser, store } = startFaulty<{ a: number }>()
    const error = new ConfigError('ERR_STORE_UNSUPPORTED', 'the table is missing; call migrate()')
    store.fail('create', { error })
    await expect(browser.request((session) => session.set('a', 1))).rejects.toBe(error)
  })

  test('that comes after the wait was over is not left unhandled', async () => {
    const { browser, store } = startFaulty<{ a: number }>({ storeTimeout: 20 })
    await browser.request((session) => session.set('a', 1))
    vi.useFakeTimers() // on a busy machine the wait would be over late, and give the answer a moment more
    onTestFinished(() => void vi.useRealTimers())
    store.delay('get', 40)
    store.fail('get', { when: 'after' })
    const arriving = expect(browser.arrive()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
    await vi.advanceTimersByTimeAsync(25)
    await arriving
    store.heal()
    await vi.advanceTimersByTimeAsync(25)
  })
})

test('no timer is left behind by an answer that came in time', async () => {
  const { browser } = startLater<{ a: number }>({ storeTimeout: '10m' })
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  await browser.request((session) => session.set('a', 1))
  for (let visit = 0; visit < 20; visit++) await browser.request((session) => session.set('a', visit))
  expect(timers()).toBeLessThanOrEqual(before)
})

// Answers each byte with one a while later, from a thread that goes on while this one stands still.
const ANSWERING = `
  const { parentPort } = require('node:worker_threads')
  const server = require('node:net').createServer((socket) => {
    socket.on('data', (data) => setTimeout(() => socket.write(data), 20))
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
}

test.each<[string, StoreOperation, number, () => SessionStore]>([
  ['a store that has all verbs', 'get', 1, () => new MemorySessionStore()],
  ['a store that has all verbs', 'get', 3, () => new MemorySessionStore()],
  ['a store that has all verbs', 'replace', 1, () => new MemorySessionStore()],
  ['a store that has all verbs', 'replace', 3, () => new MemorySessionStore()],
  ['a store with get, set and destroy', 'set', 1, () => new MapStore()],
  ['a store with get, set and destroy', 'set', 3, () => new MapStore()],
])(
  'an answer that came from %s while the process stood still in %s, in %i steps, came in time [P11]',
  async (_store, stalled, steps, open) => {
    const thread = new Worker(ANSWERING, { eval: true })
    onTestFinished(() => void thread.terminate())
    const [port] = await once(thread, 'message')
    const server = connect(port, '127.0.0.1')
    server.on('error', () => {})
    onTestFinished(() => void server.destroy())
    await once(server, 'connect')
    let stands = false
    const { browser } = startOn<{ a: number }, SessionStore>(
      () =>
        interceptStore(
          open(),
          async (operation, run) => {
            server.write('?')
            if (stands && operation === stalled) queueMicrotask(standStill) // once the engine waits
            await once(server, 'data')
            // What asks in several steps, or is read in several parts, needs a moment after the first.
            for (let step = 1; step < steps; step++) {
              server.write('?')
              await once(server, 'data')
            }
            return run()
          },
          {},
        ),
      { storeTimeout: 200 },
    )
    await browser.request((session) => session.set('a', 1))
    stands = true
    await browser.request((session) => session.set('a', 2))
    stands = false
    expect(await browser.look()).toEqual({ a: 2 })
  },
)

test('a store that says that its time was over has timed out, and is not unavailable [P11]', async () => {
  const { browser } = startOn<{ a: number }, MemorySessionStore>((memory) =>
    interceptStore(memory, () => Promise.reject(new TimeOver()), {}),
  )
  await expect(browser.request((session) => session.set('a', 1))).rejects.toMatchObject({
    code: 'ERR_STORE_TIMEOUT',
  })
})

test('a store may answer with promises that are functions, as those of Workers RPC are', async () => {
  const { browser } = startOn<{ visits: number; userId: string }, MemorySessionStore>((memory) =>
    interceptStore(memory, (_operation, run) => callable(Promise.resolve().then(run)), {}),
  )
  for (const visits of [1, 2, 3]) {
    await browser.request((session) => {
      session.visits = (session.visits ?? 0) + 1
      expect(session.visits).toBe(visits)
    })
  }
  await browser.request((session) => session.set('userId', 'ann'))
  expect(await browser.look()).toEqual({ visits: 3, userId: 'ann' })
  await browser.request((session) => session.destroy())
  expect(await browser.look()).toEqual({})
})

function callable(promise: Promise<unknown>): unknown {
  return new Proxy(() => {}, {
    get: (_target, key) => (key === 'then' ? promise.then.bind(promise) : undefined),
  })
}
