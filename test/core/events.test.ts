import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { EVENT_NAMES } from '../../src/core/events.ts'
import type { Session } from '../../src/core/session.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { settle } from '../engine/later-store.ts'
import { start, startBeside, startFaulty } from '../engine/start.ts'

interface Data {
  a: number
  userId: string
}

afterEach(() => void vi.restoreAllMocks())

/** A visitor with a session, and a log that begins after it. */
async function visitor() {
  const started = start<Data>({ idleTimeout: '30m' })
  await started.browser.request((session) => session.set('a', 1))
  return { ...started, log: new EventLog(started.sessions) }
}

type Handler = (session: Session<Data>) => unknown

describe('a request of a visitor with a session tells exactly what happened', () => {
  const paths: ReadonlyArray<[string, Handler, string[]]> = [
    ['nothing', () => {}, []],
    ['a read', (session) => session.a, ['loaded']],
    ['a write', (session) => session.set('a', 2), ['loaded']],
    ['an equal write', (session) => session.set('a', 1), ['loaded']],
    ['an update()', (session) => session.update((draft) => void Object.assign(draft, { a: 2 })), ['loaded']],
    ['save() twice', (session) => session.save().then(() => session.save()), ['loaded']],
    ['reload()', (session) => session.reload(), ['loaded', 'loaded']],
    ['a sign-in', (session) => session.set('userId', 'ann'), ['loaded', 'regenerated']],
    [
      'a sign-in by update()',
      (session) => session.update((draft) => void Object.assign(draft, { userId: 'ann' })),
      ['loaded', 'regenerated'],
    ],
    [
      'regenerate({ keep: true })',
      (session) => session.regenerate({ keep: true }),
      ['loaded', 'regenerated'],
    ],
    ['regenerate() and nothing after', (session) => session.regenerate(), ['loaded', 'destroyed']],
    ['clear()', (session) => session.clear(), ['loaded', 'destroyed']],
    ['clear() and a write', (session) => clearAndWrite(session), ['loaded', 'regenerated']],
    ['destroy()', (session) => session.destroy(), ['loaded', 'destroyed']],
    [
      'destroy() twice',
      (session) => session.destroy().then(() => session.destroy()),
      ['loaded', 'destroyed'],
    ],
  ]
  test.each(paths)('%s [C74]', async (_name, handler, expected) => {
    const { browser, log } = await visitor()
    await browser.request(handler)
    expect(log.told).toEqual(expected)
  })

  test('a touch, when it is due [C74]', async () => {
    const { browser, log, clock } = await visitor()
    clock.advance('5m')
    await browser.request((session) => session.a)
    expect(log.told).toEqual(['loaded', 'touched'])
  })

  test('a session found timed out [C74]', async () => {
    const { browser, sessions, memory } = await visitor()
    const record = memory.entries().records[0]
    if (record === undefined) throw new Error('no record')
    memory.set(record.id, { ...record, expiresAt: record.createdAt + 1 }, { ttl: 60_000 })
    const ahead = startBeside<Data>({
      store: memory,
      clock: { now: () => record.createdAt + 1, advance: () => 0 },
    })
    const log = new EventLog(ahead)
    expect(await new Browser(ahead, browser.ticket).look()).toEqual({})
    expect(log.entries).toEqual([{ name: 'expired', event: { id: record.id, reason: 'idle' } }])
    expect(sessions.cookieName).toBe(ahead.cookieName)
  })
})

describe('other paths tell exactly what happened', () => {
  test('a first write, and a first write that signs in [C74]', async () => {
    const { browser, sessions } = start<Data>()
    const log = new EventLog(sessions)
    await browser.request((session) => session.set('a', 1))
    await new Browser(sessions).request((session) => session.set('userId', 'ann'))
    expect(log.told).toEqual(['created', 'created'])
    expect(log.entries[0]?.event).toEqual({ id: (await browser.arrive()).session.id, user: undefined })
    expect(log.entries[1]?.event).toMatchObject({ user: 'ann' })
  })

  test('a visitor without a cookie, who reads [C74]', async () => {
    const { browser, sessions } = start<Data>()
    const log = new EventLog(sessions)
    await browser.request((session) => session.a)
    expect(log.told).toEqual([])
  })

  test('a revocation by id and by user [C74]', async () => {
    const { browser, sessions, log } = await visitor()
    await browser.request((session) => session.set('userId', 'ann'))
    const { id } = (await browser.arrive()).session
    log.clear()
    await sessions.user('ann').revoke()
    await sessions.revoke(id)
    await sessions.revoke('not an id')
    expect(log.entries).toEqual([
      { name: 'revoked', event: { user: 'ann', count: 1 } },
      { name: 'revoked', event: { id, count: 1 } },
    ])
  })

  test('a write that meets another one [C74]', async () => {
    const { browser, log } = await visitor()
    const slow = await browser.arrive()
    slow.session.a = 2
    await browser.request((session) => session.set('userId', ''))
    await slow.leave()
    const { id } = slow.session
    expect(log.told).toEqual(['loaded', 'loaded', 'conflict'])
    expect(log.entries[2]?.event).toEqual({ id, attempt: 1 })
  })

  test('a failure of the store, once for each call [C74]', async () => {
    const { browser, sessions, store } = startFaulty<Data>()
    await browser.request((session) => session.set('a', 1))
    const log = new EventLog(sessions)
    store.fail('get', { nth: 1 })
    await expect(browser.arrive()).rejects.toMatchObject({ status: 503 })
    store.fail('replace', { nth: 1 })
    await expect(browser.request((session) => session.set('a', 2))).rejects.toMatchObject({ status: 503 })
    expect(log.entries.map(({ name, event }) => [name, Reflect.get(event, 'operation')])).toEqual([
      ['storeFailed', 'get'],
      ['loaded', undefined],
      ['storeFailed', 'replace'],
    ])
  })

  test('a session dropped for want of room [C74]', async () => {
    const { sessions } = start<Data>({ store: new MemorySessionStore({ maxSessions: 1 }), now: Date.now })
    const log = new EventLog(sessions)
    const first = new Browser(sessions)
    await first.request((session) => session.set('a', 1))
    const { id } = (await first.arrive()).session
    await new Browser(sessions).request((session) => session.set('a', 2))
    expect(log.entries.filter(({ name }) => name === 'evicted')).toEqual([{ name: 'evicted', event: { id } }])
  })

  test('changes dropped because the session timed out meanwhile', async () => {
    const { browser, clock, log } = await visitor()
    const slow = await browser.arrive()
    slow.session.a = 2
    clock.advance('31m')
    log.clear()
    await slow.leave()
    expect(log.told).toEqual(['discarded: gone'])
  })

  test('changes dropped because the cookie could not be set any more', async () => {
    const { browser, sessions } = start<Data>()
    const log = new EventLog(sessions)
    const exchange = await browser.arrive()
    await exchange.leave()
    exchange.session.a = 1
    await exchange.end()
    expect(log.told).toEqual(['discarded: headers-sent'])
  })
})

describe('listeners', () => {
  test('are called in the order they came, each, and no more after they were taken off', async () => {
    const { browser, sessions } = start<Data>()
    const calls: string[] = []
    const off = sessions.on('created', () => calls.push('first'))
    sessions.on('created', () => calls.push('second'))
    await browser.copy().request((session) => session.set('a', 1))
    off()
    off()
    await browser.copy().request((session) => session.set('a', 1))
    expect(calls).toEqual(['first', 'second', 'second'])
  })

  test('put on twice are taken off one by one, however often each is asked for', async () => {
    const { browser, sessions } = start<Data>()
    let calls = 0
    const count = (): void => void calls++
    const [first] = [sessions.on('created', count), sessions.on('created', count)]
    first()
    first()
    await browser.request((session) => session.set('a', 1))
    expect(calls).toBe(1)
  })

  test('added or taken off by a listener count from the next event on', async () => {
    const { browser, sessions } = start<Data>()
    const calls: string[] = []
    const off = sessions.on('created', () => {
      calls.push('once')
      off()
      sessions.on('created', () => calls.push('added'))
    })
    sessions.on('created', () => calls.push('always'))
    await browser.copy().request((session) => session.set('a', 1))
    await browser.copy().request((session) => session.set('a', 1))
    expect(calls).toEqual(['once', 'always', 'always', 'added'])
  })

  test('that throw do no harm to the request or to one another, and are shown as a warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { browser, sessions } = start<Data>()
    let called = false
    sessions.on('created', () => {
      throw new Error('the listener failed')
    })
    sessions.on('created', () => {
      called = true
    })
    const response = await browser.request((session) => session.set('a', 1))
    expect(response.ticket).not.toBeNull()
    expect(called).toBe(true)
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]?.[0]).toMatch(/'created' threw: Error: the listener failed/)
  })

  test('that reject do no harm to the process', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { browser, sessions } = start<Data>()
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', note)
    sessions.on('created', async () => {
      throw new Error('the listener failed')
    })
    await browser.request((session) => session.set('a', 1))
    await settle()
    process.removeListener('unhandledRejection', note)
    for (const other of others) process.on('unhandledRejection', other)
    expect(unhandled).toEqual([])
    expect(warn).toHaveBeenCalledTimes(1)
  })

  test('of one manager do not hear another', async () => {
    const started = start<Data>()
    const log = new EventLog(startBeside<Data>(started))
    await started.browser.request((session) => session.set('a', 1))
    expect(log.told).toEqual([])
  })
})

describe('node:diagnostics_channel', () => {
  test('carries every event as coatcheck:<name>, of all managers, until one unsubscribes', async () => {
    const { browser, sessions, clock } = start<Data>()
    const log = new EventLog(sessions)
    const published: Array<{ name: string; event: unknown }> = []
    const hear = (event: unknown, channel: string | symbol): void =>
      void published.push({ name: String(channel).replace('coatcheck:', ''), event })
    for (const name of EVENT_NAMES) subscribe(`coatcheck:${name}`, hear)
    try {
      await browser.request((session) => session.set('a', 1))
      clock.advance('1h')
      await browser.request((session) => session.a)
      await browser.request((session) => session.set('userId', 'ann'))
      await browser.request((session) => session.clear())
      expect(log.told).toHaveLength(7)
      expect(published).toEqual(log.entries)
    } finally {
      for (const name of EVENT_NAMES) unsubscribe(`coatcheck:${name}`, hear)
    }
    await browser.request((session) => session.set('a', 1))
    expect(published).toHaveLength(7)
  })
})

function clearAndWrite(session: Session<Data>): void {
  session.clear()
  session.a = 2
}
