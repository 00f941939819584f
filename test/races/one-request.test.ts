import { describe, expect, test } from 'vitest'
import { EventLog } from '../engine/event-log.ts'
import { settle } from '../engine/later-store.ts'
import { startHeld, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  b: number
  hits: number
}

/** A visitor signed in on a store that answers later, as every server does, and a copy of the cookie. */
async function signedIn() {
  const started = startLater<Data>()
  await started.browser.request((session) => {
    session.userId = 'ann'
    session.a = 1
  })
  return { ...started, thief: started.browser.copy() }
}

/** Lets what was begun get as far as asking the store. */
async function underWay(): Promise<void> {
  await Promise.resolve()
  await Promise.resolve()
}

describe('verbs called while an earlier save of the same request is in flight', () => {
  test('destroy() ends the record although a save was not awaited [P4]', async () => {
    const { browser, memory, thief } = await signedIn()
    await browser.request(async (session) => {
      session.a = 2
      const saving = session.save()
      await session.destroy()
      expect(memory.count()).toBe(0)
      await saving
    })
    expect(await thief.look()).toEqual({})
  })

  test('clear() ends the record although a save was not awaited [P5]', async () => {
    const { browser, memory, thief } = await signedIn()
    const response = await browser.request((session) => {
      session.a = 2
      void session.save()
      session.clear()
    })
    expect(memory.count()).toBe(0)
    expect(response.clearsCookie).toBe(true)
    expect(await thief.look()).toEqual({})
  })

  test('regenerate() changes the id although a save was not awaited [P5]', async () => {
    const { browser, thief } = await signedIn()
    await browser.request(async (session) => {
      session.a = 2
      void session.save()
      await session.regenerate({ keep: true })
    })
    expect(await thief.look()).toEqual({})
    expect(await browser.look()).toEqual({ userId: 'ann', a: 2 })
  })

  test('a value written while a save is in flight is saved with the next one [P3]', async () => {
    const { browser } = await signedIn()
    await browser.request(async (session) => {
      session.a = 2
      const saving = session.save()
      session.b = 3
      await saving
    })
    expect(await browser.look()).toEqual({ userId: 'ann', a: 2, b: 3 })
  })

  test('a key removed while a save is in flight is gone with the next one [P3]', async () => {
    const { browser } = await signedIn()
    await browser.request(async (session) => {
      session.b = 3
      const saving = session.save()
      delete session.a
      await saving
    })
    expect(await browser.look()).toEqual({ userId: 'ann', b: 3 })
  })

  test('each value written while a body streams is saved [P2]', async () => {
    const { browser } = await signedIn()
    const exchange = await browser.arrive()
    expect(exchange.session.a).toBe(1)
    await exchange.leave()
    for (let a = 2; a < 20; a++) {
      exchange.session.a = a
      await Promise.resolve()
    }
    await exchange.end()
    expect(await browser.look()).toEqual({ userId: 'ann', a: 19 })
  })

  test('clear() while a body streams ends the record, whatever was just being saved [P4]', async () => {
    const { browser, memory } = await signedIn()
    const exchange = await browser.arrive()
    exchange.session.a = 2
    await exchange.leave()
    exchange.session.a = 3
    await underWay()
    exchange.session.clear()
    await exchange.end()
    expect(memory.count()).toBe(0)
  })
})

describe('verbs called while an update of the same request is in flight', () => {
  test('clear() keeps nothing of the old data [P5]', async () => {
    const { browser, memory, thief } = await signedIn()
    const response = await browser.request(async (session) => {
      const updating = session.update((draft) => {
        draft.hits = 1
      })
      await underWay()
      session.clear()
      await updating
    })
    expect(memory.count()).toBe(0)
    expect(response.ticket).toBeNull()
    expect(await thief.look()).toEqual({})
    expect(await browser.look()).toEqual({})
  })

  test('destroy() ends the record and leaves nothing to read [P4]', async () => {
    const { browser, memory } = await signedIn()
    await browser.request(async (session) => {
      const updating = session.update((draft) => {
        draft.hits = 1
      })
      await underWay()
      await session.destroy()
      await updating
      expect(memory.count()).toBe(0)
      expect(session.toJSON()).toEqual({})
    })
    expect(memory.count()).toBe(0)
  })

  test('regenerate() with a list keeps that list and nothing else [P5]', async () => {
    const { browser } = await signedIn()
    await browser.request(async (session) => {
      const updating = session.update((draft) => {
        draft.hits = 1
      })
      await underWay()
      await session.regenerate({ keep: ['a'] })
      await updating
    })
    expect(await browser.look()).toEqual({ a: 1 })
  })

  test('a value written while the update runs is saved beside it [P3]', async () => {
    const { browser } = await signedIn()
    await browser.request(async (session) => {
      const updating = session.update((draft) => {
        draft.hits = 1
      })
      await underWay()
      session.b = 3
      await updating
    })
    expect(await browser.look()).toEqual({ userId: 'ann', a: 1, b: 3, hits: 1 })
  })
})

describe('verbs called while the response waits for its save, with no second commit to come', () => {
  /** A response whose save has been sent and not answered. */
  async function leaving() {
    const started = startHeld<Data>()
    await started.browser.request((session) => session.set('a', 1))
    const exchange = await started.browser.arrive()
    exchange.session.a = 2
    const gate = started.store.hold('replace')
    const left = exchange.leave()
    await gate.reached
    const answer = async (): Promise<void> => {
      gate.release()
      await left
      await settle()
    }
    return { ...started, session: exchange.session, answer }
  }

  test('a value written then is saved by itself [P2] [P3]', async () => {
    const { browser, session, answer } = await leaving()
    session.b = 3
    await answer()
    expect(await browser.look()).toEqual({ a: 2, b: 3 })
  })

  test('regenerate() is refused: the cookie of a new id could not be set any more [P5]', async () => {
    const { browser, session, answer } = await leaving()
    await expect(session.regenerate({ keep: true })).rejects.toMatchObject({ code: 'ERR_HEADERS_SENT' })
    await answer()
    expect(await browser.look()).toEqual({ a: 2 })
  })

  test('clear() ends the record by itself [P4]', async () => {
    const { memory, session, answer } = await leaving()
    session.clear()
    await answer()
    expect(memory.count()).toBe(0)
  })
})

describe('a sign-in that falls into the save a response waits for', () => {
  test.each([
    ['and nothing else is under way', false],
    ['behind an update() nobody has waited for', true],
  ])(
    'is dropped, with an event, and the visitor’s session goes on without it, %s [P5]',
    async (_what, updating) => {
      const { browser, memory, sessions, store } = startHeld<Data>()
      await browser.request((session) => session.set('b', 1))
      const exchange = await browser.arrive()
      if (updating) void exchange.session.update((draft) => void Object.assign(draft, { hits: 1 }))
      exchange.session.a = 2
      const gate = store.hold('replace', { nth: updating ? 2 : 1 })
      const leaving = exchange.leave()
      await gate.reached
      const log = new EventLog(sessions)
      exchange.session.userId = 'ann'
      void exchange.session.save()
      gate.release()
      const response = await leaving
      await settle()
      await exchange.end()
      expect(response.ticket).toBeNull()
      expect(log.told).toEqual(['discarded: headers-sent'])
      expect(memory.listByUser('ann')).toEqual([])
      expect(await browser.look()).toMatchObject({ a: 2, b: 1 })
    },
  )
})

describe('verbs called while a reload of the same request is in flight', () => {
  /** A session whose record is being read again. */
  async function reloading() {
    const started = startHeld<Data>()
    await started.browser.request((session) => {
      session.userId = 'ann'
      session.a = 1
    })
    const thief = started.browser.copy()
    const exchange = await started.browser.arrive()
    const gate = started.store.hold('get')
    const reloaded = exchange.session.reload()
    await gate.reached
    const leave = async () => {
      gate.release()
      await reloaded
      return started.browser.receive(await exchange.leave())
    }
    return { ...started, thief, session: exchange.session, leave }
  }

  test('destroy() ends the record and takes the cookie away [P4]', async () => {
    const { memory, session, leave } = await reloading()
    const destroyed = session.destroy()
    const response = await leave()
    await destroyed
    expect(memory.count()).toBe(0)
    expect(response.clearsCookie).toBe(true)
  })

  test('clear() ends the record [P5]', async () => {
    const { memory, session, leave } = await reloading()
    session.clear()
    await leave()
    expect(memory.count()).toBe(0)
  })

  test('regenerate() changes the id [P5]', async () => {
    const { browser, thief, session, leave } = await reloading()
    await session.regenerate({ keep: ['a'] })
    await leave()
    expect(await thief.look()).toEqual({})
    expect(await browser.look()).toEqual({ a: 1 })
  })

  test('a second reload sees what was written since the first had read', async () => {
    const { browser, store, session, leave } = await reloading()
    const second = session.reload()
    await browser.request((other) => other.set('a', 2))
    await leave()
    await second
    expect(store.calls.get).toBeGreaterThan(3)
    expect(session.a).toBe(2)
  })
})
