import { expect, test } from 'vitest'
import { MOST_WAITING } from '../../src/core/turns.ts'
import { startHeld } from '../engine/start.ts'

interface Data {
  userId: string
  cart: string[]
  hits: number
}

// Whoever holds a stolen cookie can keep its session busy.
test.each([
  ['under a new id, with its data', { keep: true } as const, { userId: 'ann', cart: ['hat'], hits: 1 }],
  ['but for what others put there', { keep: ['cart'] as const }, { cart: ['hat'] }],
])(
  'a session of which as many are writing as may is ended all the same, %s [P4]',
  async (_way, options, left) => {
    const { browser, store } = startHeld<Data>()
    await browser.request((session) => session.set('userId', 'ann'))
    const thief = browser.copy()
    const leaving = await browser.arrive()
    expect(leaving.session.userId).toBe('ann')
    // Newer than what the one who leaves has seen, so that ending the record has to wait for its turn.
    await browser.copy().request((session) => session.set('cart', ['hat']))
    const crowd = await Promise.all(Array.from({ length: MOST_WAITING + 1 }, () => thief.copy().arrive()))
    const gate = store.hold('get')
    const writes = crowd.map(({ session }) =>
      session.update((draft) => void Object.assign(draft, { hits: 1 })),
    )
    await gate.reached
    const refused = (await thief.arrive()).session.update((draft) => void Object.assign(draft, { hits: 2 }))
    await expect(refused).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT' })
    await leaving.session.regenerate(options)
    const answered = leaving.leave()
    gate.release()
    browser.receive(await answered)
    await Promise.allSettled(writes)
    expect(await browser.look()).toEqual(left)
    expect(await thief.look()).toEqual({})
  },
)
