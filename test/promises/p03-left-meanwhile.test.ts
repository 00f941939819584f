import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { start, startBeside, startHeld, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  cart: string[]
  lang: string
}

/** Ways to end a session of which nothing is there to keep. */
const LEAVING: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
  [
    'regenerate({ keep }) of keys that are not there',
    (session) => session.regenerate({ keep: ['cart', 'lang'] }),
  ],
  [
    'regenerate({ keep: true }) when all was removed',
    (session) => {
      delete session.userId
      return session.regenerate({ keep: true })
    },
  ],
]

describe.each(LEAVING)('%s', (_way, leave) => {
  test.each([
    ['at once', start<Data>],
    ['later', startLater<Data>],
  ])(
    'keeps what another request has saved meanwhile, on a store that answers %s [P3]',
    async (_pace, begin) => {
      const { browser, memory } = begin()
      await browser.request((session) => session.set('userId', 'ann'))
      const before = browser.copy()
      const slow = await browser.arrive()
      expect(slow.session.userId).toBe('ann')
      await browser.copy().request((session) => session.set('cart', ['book']))
      await leave(slow.session)
      browser.receive(await slow.leave())
      expect(await browser.look()).toEqual({ cart: ['book'] })
      expect(await before.look()).toEqual({})
      expect(memory.count()).toBe(1)
    },
  )

  test('keeps what comes in between, and shows it to the handler [P3]', async () => {
    const { browser, store, memory } = startHeld<Data>()
    await browser.request((session) => session.set('userId', 'ann'))
    const slow = await browser.arrive()
    expect(slow.session.userId).toBe('ann')
    const gate = store.hold('replace')
    await leave(slow.session)
    const saved = slow.session.save()
    await gate.reached
    await browser.copy().request((session) => session.set('lang', 'de'))
    gate.release()
    await saved
    expect(slow.session.toJSON()).toEqual({ lang: 'de' })
    browser.receive(await slow.leave())
    expect(await browser.look()).toEqual({ lang: 'de' })
    expect(memory.count()).toBe(1)
  })

  test('ends the session when nobody has, with one call and no new record [P9]', async () => {
    const { browser, sessions, store, memory } = startHeld<Data>()
    await browser.request((session) => session.set('userId', 'ann'))
    const before = browser.copy()
    const log = new EventLog(sessions)
    store.resetCalls()
    const reply = await browser.request((session) => leave(session))
    expect(reply.clearsCookie).toBe(true)
    expect({ ...store.calls }).toMatchObject({ get: 1, replace: 1, create: 0, destroy: 0 })
    expect(log.told).toEqual(['loaded', 'destroyed'])
    expect(await before.look()).toEqual({})
    expect(memory.count()).toBe(0)
  })

  test('leaves the cookie alone where another request has ended the session or given it a new id [P4]', async () => {
    const { browser, memory } = startLater<Data>()
    await browser.request((session) => session.set('userId', 'ann'))
    const slow = await browser.arrive()
    expect(slow.session.userId).toBe('ann')
    await browser.request((session) => session.regenerate({ keep: true }))
    await leave(slow.session)
    browser.receive(await slow.leave())
    expect(await browser.look()).toEqual({ userId: 'ann' })
    expect(memory.count()).toBe(1)
  })
})

describe('regenerate({ keep }) of a session whose other keys another process writes meanwhile', () => {
  /** A request that leaves a session behind, when another process has just written what is not to be kept. */
  async function leaving() {
    const started = startHeld<Data>()
    const { browser, sessions, store } = started
    await browser.request((session) => session.set('userId', 'ann'))
    const elsewhere = new Browser(startBeside<Data>({ ...started, store: started.memory }), browser.ticket)
    const slow = await browser.arrive()
    expect(slow.session.userId).toBe('ann')
    await elsewhere.request((session) => session.set('lang', 'de'))
    await slow.session.regenerate({ keep: ['cart'] })
    return {
      ...started,
      elsewhere,
      slow,
      log: new EventLog(sessions),
      secondEnd: store.hold('replace', { nth: 2 }),
    }
  }

  test('ends it all the same, with a second call and no new record [P4]', async () => {
    const { browser, memory, store, elsewhere, slow, log, secondEnd } = await leaving()
    secondEnd.release()
    store.resetCalls()
    const reply = await slow.leave()
    expect(reply.clearsCookie).toBe(true)
    expect({ ...store.calls }).toMatchObject({ get: 1, replace: 2, create: 0, destroy: 0 })
    expect(log.told).toEqual(['conflict', 'destroyed'])
    expect(await elsewhere.look()).toEqual({})
    browser.receive(reply)
    expect(memory.count()).toBe(0)
  })

  test('keeps what comes before the second call and is to be kept [P3]', async () => {
    const { browser, memory, elsewhere, slow, log, secondEnd } = await leaving()
    const left = slow.leave()
    await secondEnd.reached
    await elsewhere.request((session) => session.set('cart', ['book']))
    secondEnd.release()
    browser.receive(await left)
    expect(await browser.look()).toEqual({ cart: ['book'] })
    expect(await elsewhere.look()).toEqual({})
    expect(log.told).toEqual(['conflict', 'conflict', 'regenerated', 'loaded'])
    expect(memory.count()).toBe(1)
  })

  test('leaves the cookie alone where the session ends before the second call [P4]', async () => {
    const { memory, elsewhere, slow, log, secondEnd } = await leaving()
    const left = slow.leave()
    await secondEnd.reached
    await elsewhere.request((session) => session.destroy())
    secondEnd.release()
    expect((await left).setCookie).toBeNull()
    expect(log.told).toEqual(['conflict'])
    expect(memory.count()).toBe(0)
  })
})
