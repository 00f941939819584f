import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import { type Started, startFaulty } from '../engine/start.ts'

interface Data {
  plan: string
  n: number
}

type Faulty = ReturnType<typeof startFaulty<Data>>

/** A request whose save fails, and that takes back what it had changed. The save may have got to the store. */
async function inDoubt(
  when: 'before' | 'after',
): Promise<Faulty & { session: Session<Data>; leave(): Promise<void> }> {
  const started: Started<Data, Faulty['store']> = startFaulty<Data>()
  const { browser, store } = started
  await browser.request((session) => {
    session.plan = 'free'
    session.n = 1
  })
  const exchange = await browser.arrive()
  const { session } = exchange
  session.plan = 'paid'
  store.fail('replace', { nth: 1, when })
  await expect(session.save()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
  session.plan = 'free'
  return { ...started, session, leave: async () => void browser.receive(await exchange.leave()) }
}

describe.each(['before', 'after'] as const)(
  'what is taken back after a save that failed %s it was done',
  (when) => {
    test('is written by the next save', async () => {
      const { browser, session } = await inDoubt(when)
      await session.save()
      expect(await browser.look()).toEqual({ plan: 'free', n: 1 })
    })

    test('is written as the response leaves [P2]', async () => {
      const { browser, leave } = await inDoubt(when)
      await leave()
      expect(await browser.look()).toEqual({ plan: 'free', n: 1 })
    })

    test('stays taken back beside another change, in the session and in the store [P3]', async () => {
      const { browser, session, leave } = await inDoubt(when)
      session.n = 2
      await leave()
      expect(session.toJSON()).toEqual({ plan: 'free', n: 2 })
      expect(await browser.look()).toEqual({ plan: 'free', n: 2 })
    })

    test('stays taken back beside an update() [P3]', async () => {
      const { browser, session, leave } = await inDoubt(when)
      await session.update((draft) => void Object.assign(draft, { n: 3 }))
      expect(session.toJSON()).toEqual({ plan: 'free', n: 3 })
      await leave()
      expect(await browser.look()).toEqual({ plan: 'free', n: 3 })
    })

    test('does not go over to a new id [P5]', async () => {
      const { browser, session, leave } = await inDoubt(when)
      await session.regenerate({ keep: true })
      await leave()
      expect(await browser.look()).toEqual({ plan: 'free', n: 1 })
    })

    test('undoes nothing of another request [P3]', async () => {
      const { browser, session, leave } = await inDoubt(when)
      await browser.copy().request((other) => other.set('n', 9))
      await leave()
      expect(await browser.look()).toEqual({ plan: 'free', n: 9 })
      expect(session.toJSON()).toEqual({ plan: 'free', n: 9 })
    })
  },
)

const ENDINGS: ReadonlyArray<[string, (session: Session<Data>) => Promise<void>]> = [
  ['destroy()', (session) => session.destroy()],
  [
    'clear() and save()',
    (session) => {
      session.clear()
      return session.save()
    },
  ],
]

describe.each(ENDINGS)('a new session after a %s whose answer was lost', (_way, end) => {
  test.each(['before', 'after'] as const)(
    'is saved, or the response says that it was not: %s the end [P2]',
    async (when) => {
      const { browser, store } = startFaulty<Data>()
      await browser.request((session) => session.set('n', 1))
      const exchange = await browser.arrive()
      const { session } = exchange
      store.fail('destroy', { nth: 1, when })
      await expect(end(session)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
      await session.regenerate()
      session.n = 2
      // Ended by this request, or by somebody else's logout, which nothing may undo: nobody can tell.
      if (when === 'after') await expect(exchange.leave()).rejects.toMatchObject({ status: 503 })
      else {
        browser.receive(await exchange.leave())
        expect(await browser.look()).toEqual({ n: 2 })
      }
    },
  )
})
