import { describe, expect, test } from 'vitest'
import { createSessions } from '../../src/core/sessions.ts'
import { Browser } from '../engine/browser.ts'
import { SECRET, start, startFaulty, startLater } from '../engine/start.ts'

describe('destroy() of a session that timed out while the handler ran', () => {
  test('still ends the record, which another process may go by longer [P4]', async () => {
    const { browser, clock, memory } = start<{ a: number }>({ idleTimeout: '24h' })
    await browser.request((session) => {
      session.a = 1
    })
    const short = createSessions<{ a: number }>({
      secret: SECRET,
      store: memory,
      now: clock.now,
      idleTimeout: '30m',
    })
    const slow = await new Browser(short, browser.ticket).arrive()
    expect(slow.session.a).toBe(1)
    clock.advance('31m')
    await slow.session.destroy()
    expect(memory.count()).toBe(0)
    expect((await slow.leave()).clearsCookie).toBe(true)
    expect(await browser.look()).toEqual({})
  })
})

describe('destroy() that has failed', () => {
  test('leaves nothing that update() could change [P4]', async () => {
    const { browser, store } = startFaulty<{ a: number }>()
    await browser.request((session) => session.set('a', 1))
    await browser.request(async (session) => {
      store.fail('destroy', { nth: 1 })
      await expect(session.destroy()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
      expect(await session.update((draft) => void Object.assign(draft, { a: 2 }))).toBe(false)
      expect(session.toJSON()).toEqual({})
    })
    expect(await browser.look()).toEqual({})
  })
})

describe('an update() that nobody waits for, behind a destroy()', () => {
  test('takes nothing from what regenerate() begins in the same step', async () => {
    const { browser } = startLater<{ userId: string }>()
    await browser.request((session) => session.set('userId', 'ann'))
    await browser.request(async (session) => {
      await session.destroy()
      const updating = session.update(() => {})
      const renewing = session.regenerate()
      session.userId = 'bob'
      expect([await updating, await renewing]).toEqual([false, undefined])
    })
    expect(await browser.look()).toEqual({ userId: 'bob' })
  })
})
