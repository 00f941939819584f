import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createSessions } from '../../src/core/sessions.ts'
import { Browser } from '../engine/browser.ts'
import { SECRET, start, startHeld } from '../engine/start.ts'

interface Data {
  userId: string
  n: number
  a: number
}

describe('update() of a session that has no record yet', () => {
  test('parallel calls in one request count each other [P3]', async () => {
    const { browser } = start<Data>()
    await browser.request(async (session) => {
      const count = (): Promise<boolean> =>
        session.update(async (draft) => {
          const before = draft.n ?? 0
          await setImmediate()
          draft.n = before + 1
        })
      await Promise.all([count(), count(), count()])
    })
    expect(await browser.look()).toEqual({ n: 3 })
  })

  test('a change that throws leaves nothing behind', async () => {
    const { browser } = start<Data>()
    await browser.request(async (session) => {
      const failing = session.update((draft) => {
        draft.n = 1
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(session.toJSON()).toEqual({})
      session.a = 1
    })
    expect(await browser.look()).toEqual({ a: 1 })
  })

  test('a reserved key is refused and nothing is left behind', async () => {
    const { browser, memory } = start<Data>()
    await browser.request(async (session) => {
      const failing = session.update((draft) => {
        Object.assign(draft, { save: 'x' })
      })
      await expect(failing).rejects.toMatchObject({ code: 'ERR_DATA_KEY_RESERVED' })
      session.a = 1
    })
    expect(memory.entries().records.map((record) => record.data)).toEqual(['{"a":1}'])
  })

  test('an object put in by the change and changed afterwards is saved [P3]', async () => {
    const { browser } = start<{ cart: string[] }>()
    await browser.request(async (session) => {
      const cart = ['hat']
      await session.update((draft) => {
        draft.cart = cart
      })
      expect(session.cart).toEqual(['hat'])
      cart.push('coat')
      expect(session.cart).toEqual(['hat', 'coat'])
    })
    expect(await browser.look()).toEqual({ cart: ['hat', 'coat'] })
  })
})

describe('update() in which the user changes', () => {
  test('counts what another request counted meanwhile [P3] [P5]', async () => {
    const { browser, store, memory, clock } = startHeld<Data>()
    await browser.request((session) => {
      session.n = 0
    })
    // In another process: within one, updates of a session take turns.
    const elsewhere = createSessions<Data>({ secret: SECRET, store: memory, now: clock.now })
    const other = new Browser<Data>(elsewhere, browser.ticket)

    const gate = store.hold('replace')
    const signingIn = browser.request((session) =>
      session.update((draft) => {
        draft.n = (draft.n ?? 0) + 1
        draft.userId = 'ann'
      }),
    )
    await gate.reached
    await other.request((session) =>
      session.update((draft) => {
        draft.n = (draft.n ?? 0) + 1
      }),
    )
    gate.release()
    await signingIn

    expect(await browser.look()).toEqual({ n: 2, userId: 'ann' })
    expect(await other.look()).toEqual({})
  })
})
