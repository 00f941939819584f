import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import type { SessionCallback } from '../../src/core/session-verbs.ts'
import { settle } from '../engine/later-store.ts'
import { start, startFaulty, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  flash: string
}

/** Calls a verb with a callback, and waits for it as Express code does. */
function called(call: (callback: SessionCallback) => unknown): Promise<unknown[]> {
  return new Promise((resolve) => {
    call((...args) => resolve(args))
  })
}

const VERBS: ReadonlyArray<
  [
    'save' | 'destroy' | 'reload' | 'regenerate',
    (session: Session<Data>, callback: SessionCallback) => unknown,
  ]
> = [
  ['save', (session, callback) => session.save(callback)],
  ['destroy', (session, callback) => session.destroy(callback)],
  ['reload', (session, callback) => session.reload(callback)],
  ['regenerate', (session, callback) => session.regenerate(callback)],
]

describe.each(VERBS)('%s(callback)', (_name, call) => {
  test('returns nothing and calls back once, later, without an error', async () => {
    for (const begin of [start<Data>, startLater<Data>]) {
      const { browser } = begin()
      await browser.request((session) => session.set('a', 1))
      const { session } = await browser.arrive()
      let calls = 0
      let returned: unknown = 'nothing yet'
      const args = await called((callback) => {
        returned = call(session, (...given) => {
          calls++
          callback(...given)
        })
        expect(calls).toBe(0)
      })
      await settle()
      expect([returned, calls, args]).toEqual([undefined, 1, []])
    }
  })

  test('that throws is not called a second time, and its error is its own', async () => {
    const { browser } = start<Data>()
    await browser.request((session) => session.set('a', 1))
    const { session } = await browser.arrive()
    let calls = 0
    const thrown = await uncaught(async () => {
      call(session, () => {
        calls++
        throw new Error('from the callback')
      })
      await settle()
    })
    expect(calls).toBe(1)
    expect(thrown).toEqual([expect.objectContaining({ message: 'from the callback' })])
  })
})

describe('reload(callback) of a session that has ended meanwhile', () => {
  test('calls back with an error, as express-session does, so that nobody goes on [P4]', async () => {
    for (const begin of [start<Data>, startLater<Data>]) {
      const { browser } = begin()
      await browser.request((session) => session.set('userId', 'ann'))
      const [slow, other] = [await browser.arrive(), await browser.arrive()]
      await other.session.destroy()
      const ended = { code: 'ERR_SESSION_DESTROYED', message: expect.stringContaining('found no session') }
      expect(await called((callback) => slow.session.reload(callback))).toEqual([
        expect.objectContaining(ended),
      ])
      expect(slow.session.toJSON()).toEqual({})
      // Without a callback the empty session says it.
      const third = await browser.arrive()
      await third.session.reload()
      expect(third.session.toJSON()).toEqual({})
    }
  })

  test('does so for a visitor who never had a session, too', async () => {
    const { session } = await start<Data>().browser.arrive()
    const none = expect.objectContaining({ code: 'ERR_SESSION_DESTROYED' })
    expect(await called((callback) => session.reload(callback))).toEqual([none])
  })
})

/** What ends up uncaught while `work` runs. */
async function uncaught(work: () => Promise<void>): Promise<unknown[]> {
  const seen: unknown[] = []
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => seen.push(error))
  try {
    await work()
  } finally {
    process.removeAllListeners('uncaughtException')
    for (const other of others) process.on('uncaughtException', other)
  }
  return seen
}

describe('a callback of a verb that fails', () => {
  test.each([
    ['save', 'replace'],
    ['destroy', 'destroy'],
    ['reload', 'get'],
  ] as const)('of %s gets the StoreError, and nothing is unhandled', async (verb, operation) => {
    const { browser, store } = startFaulty<Data>()
    await browser.request((session) => session.set('a', 1))
    const { session } = await browser.arrive()
    session.a = 2
    store.fail(operation, { nth: 1 })
    const [error] = await called((callback) => session[verb](callback))
    expect(error).toMatchObject({ name: 'StoreError', status: 503 })
  })

  test('of regenerate gets the UsageError after the headers', async () => {
    const { browser } = start<Data>()
    await browser.request((session) => session.set('a', 1))
    const exchange = await browser.arrive()
    expect(exchange.session.a).toBe(1)
    await exchange.leave()
    const [error] = await called((callback) => exchange.session.regenerate(callback))
    expect(error).toMatchObject({ code: 'ERR_HEADERS_SENT' })
  })
})

describe('regenerate(callback)', () => {
  test('puts a new object in the place of the old one, which can still be read, as passport needs', async () => {
    const { browser, memory } = startLater<Data>()
    await browser.request((session) => {
      session.a = 1
      session.flash = 'kept by hand'
    })
    const { id: oldId } = (await browser.arrive()).session
    const exchange = await browser.arrive()
    const before = exchange.session
    await called((callback) => before.regenerate(callback))
    const after = exchange.session
    expect(after).not.toBe(before)
    expect(before.toJSON()).toEqual({ a: 1, flash: 'kept by hand' })
    expect(after.toJSON()).toEqual({})
    expect(after.id).not.toBe(oldId)
    // What passport does with keepSessionInfo: merge the old into the new.
    for (const [key, value] of Object.entries(before)) Reflect.set(after, key, value)
    after.userId = 'ann'
    await called((callback) => after.save(callback))
    browser.receive(await exchange.leave())
    expect(await browser.look()).toEqual({ a: 1, flash: 'kept by hand', userId: 'ann' })
    expect(memory.get(oldId)).toBeNull()
    expect(memory.count()).toBe(1)
  })

  test('behind what is to be kept is called when that is done, and the object goes on', async () => {
    const { browser } = startLater<Data>()
    await browser.request((session) => session.set('a', 1))
    const exchange = await browser.arrive()
    const { session } = exchange
    session.flash = 'not saved yet'
    const args = await called((callback) => session.regenerate(['flash'], callback))
    expect([args, exchange.session === session, session.toJSON()]).toEqual([
      [],
      true,
      { flash: 'not saved yet' },
    ])
    browser.receive(await exchange.leave())
    expect(await browser.look()).toEqual({ flash: 'not saved yet' })
  })

  test('behind what cannot be kept is told so', async () => {
    const { browser } = startLater<Data>()
    const { session } = await browser.arrive()
    const [error] = await called((callback) =>
      Reflect.apply(session.regenerate, session, [['a', 1], callback]),
    )
    expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID' })
  })

  test('leaves nothing of what is written into the old object afterwards', async () => {
    const { browser } = startLater<Data>()
    await browser.request((session) => session.set('a', 1))
    const exchange = await browser.arrive()
    const before = exchange.session
    await called((callback) => before.regenerate(callback))
    before.flash = 'too late'
    await before.save()
    exchange.session.a = 2
    browser.receive(await exchange.leave())
    expect(await browser.look()).toEqual({ a: 2 })
  })

  test('without a callback goes on in the same object', async () => {
    const { browser } = startLater<Data>()
    await browser.request((session) => session.set('a', 1))
    const exchange = await browser.arrive()
    const before = exchange.session
    await before.regenerate()
    expect(exchange.session).toBe(before)
    expect(before.toJSON()).toEqual({})
  })
})

describe('a verb nobody waits for', () => {
  test('fails nowhere but in the commit, which tries it again', async () => {
    const { browser, store } = startFaulty<Data>()
    await browser.request((session) => session.set('a', 1))
    const exchange = await browser.arrive()
    exchange.session.a = 2
    store.fail('replace')
    void exchange.session.save()
    await expect(exchange.leave()).rejects.toMatchObject({ status: 503 })
    await settle()
  })
})
