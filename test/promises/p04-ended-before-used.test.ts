import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import type { Sessions } from '../../src/core/sessions.ts'
import type { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { start, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  cart: string[]
}

type End = (browser: Browser<Data>, sessions: Sessions<Data>) => unknown

const ENDS: ReadonlyArray<[string, End]> = [
  ['a logout', (browser) => browser.request((session) => session.clear())],
  ['a destroy', (browser) => browser.request((session) => session.destroy())],
  ['a new id', (browser) => browser.request((session) => session.regenerate({ keep: true }))],
  [
    'another user',
    (browser) =>
      browser.request((session) => {
        session.userId = 'eve'
      }),
  ],
  ['revoke()', async (browser, sessions) => sessions.revoke((await browser.arrive()).session.id)],
  ['the revocation of its user', (_browser, sessions) => sessions.user('ann').revoke()],
]

const USES: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
  ['written to', (session) => session.set('cart', ['mug'])],
  ['signed in', (session) => session.set('userId', 'bob')],
  ['signed in as before', (session) => session.set('userId', 'ann')],
  ['renewed and signed in', (session) => session.regenerate().then(() => session.set('userId', 'bob'))],
  [
    'changed by update()',
    (session) => session.update((draft) => void Object.assign(draft, { userId: 'bob' })),
  ],
  ['saved', (session) => session.set('cart', ['mug']) ?? session.save()],
]

describe.each([
  ['at once', start<Data>],
  ['later', startLater<Data>],
])('with a store that answers %s', (_pace, begin) => {
  describe.each(ENDS)('a session that was ended by %s after a request had come', (_end, end) => {
    test.each(USES)(
      'and is first %s behind it, begins nothing and sets no cookie [P4] [P3]',
      async (_use, use) => {
        const { browser, sessions, memory } = begin()
        await browser.request((session) => {
          session.userId = 'ann'
          session.cart = ['hat']
        })
        const slow = await browser.copy().arrive()
        await end(browser.copy(), sessions)
        const left = memory.size
        const events = new EventLog(sessions)
        await use(slow.session)
        expect((await slow.leave()).ticket).toBeNull()
        expect(memory.size).toBe(left)
        expect(await sessions.user('bob').list()).toEqual([])
        expect(events.told).not.toContain('created')
        expect(events.told).not.toContain('regenerated')
      },
    )
  })

  test('a session that had ended before the request came is followed by a new one [P1]', async () => {
    const { browser, memory } = begin()
    await browser.request((session) => session.set('cart', ['hat']))
    const later = browser.copy()
    await browser.copy().request((session) => session.destroy())
    const { session } = await later.arrive()
    expect(session.toJSON()).toEqual({})
    await later.request((again) => again.set('cart', ['mug']))
    expect(memory.size).toBe(1)
    expect(await later.look()).toEqual({ cart: ['mug'] })
  })

  test('a session whose time was over when the request came is followed by a new one, also when it is swept meanwhile [P8]', async () => {
    const { browser, clock, memory } = begin()
    await browser.request((session) => session.set('cart', ['hat']))
    clock.advance('30d')
    const slow = await browser.arrive()
    // Finds it, and sweeps it away.
    await browser.copy().look()
    slow.session.cart = ['mug']
    expect((await slow.leave()).ticket).not.toBeNull()
    expect(memory.count()).toBe(1)
  })
})
