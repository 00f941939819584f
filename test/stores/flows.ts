import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createSessions,
  type Duration,
  type MissReason,
  type SessionStore,
  type Sessions,
} from '../../src/index.ts'
import { createClock, type TestClock } from '../../src/testing/clock.ts'
import { Visitor, type VisitorData } from './visitor.ts'

const SECRET = 'the secret of the flow tests: 4f1c2a9be07d'

/** A store for one flow, on a clock of the test's. */
export interface FlowStore {
  store: SessionStore
  close?: () => unknown
}

/**
 * Registers what an app does with sessions, as tests of the whole engine over one kind of store.
 * @param storeTimeout - How long the engine waits for the store. Longer than by default where 200 at once are much for it.
 */
export function engineFlows(
  name: string,
  makeStore: (clock: TestClock) => FlowStore | Promise<FlowStore>,
  storeTimeout: Duration = '2s',
): void {
  describe(`an app on ${name}`, () => {
    let clock: TestClock
    let made: FlowStore
    let sessions: Sessions<VisitorData>
    let misses: MissReason[]
    const warn = vi.spyOn(process, 'emitWarning')

    beforeEach(async () => {
      warn.mockReset().mockReturnValue()
      clock = createClock(Date.now())
      made = await makeStore(clock)
      sessions = createSessions<VisitorData>({
        secret: SECRET,
        store: made.store,
        storeTimeout,
        now: clock.now,
      })
      misses = []
      sessions.on('missed', ({ reason }) => misses.push(reason))
    })
    afterEach(() => made.close?.())

    test('what the store cannot do is said once, at start', async () => {
      await new Visitor(sessions).visit((session) => {
        session.note = 'here'
      })
      const said = warn.mock.calls.map(([message]) => String(message))
      if (made.store.replace) expect(said).toEqual([])
      else
        expect(said).toEqual([
          expect.stringMatching(/^\w+SessionStore has no create, replace, touch.*processes/),
        ])
    })

    test('a login changes the id, keeps the cart, and the old cookie is dead [P5] [A01]', async () => {
      const visitor = new Visitor(sessions)
      await visitor.visit((session) => {
        session.cart = ['coat']
      })
      const before = visitor.twin()
      await visitor.visit((session) => {
        session.userId = 'ann'
      })
      expect(visitor.cookie).not.toBe(before.cookie)
      expect(await visitor.visit((session) => session.toJSON())).toEqual({ cart: ['coat'], userId: 'ann' })
      expect(await before.visit((session) => session.toJSON())).toEqual({})
      expect(misses).toEqual(['unknown'])
    })

    test('a logout ends the session, also for a request in flight [P4] [A22]', async () => {
      const visitor = new Visitor(sessions)
      await visitor.visit((session) => {
        session.userId = 'ann'
      })
      const [slow, thief] = [visitor.twin(), visitor.twin()]
      await slow.visit(async (session) => {
        session.note = 'written before the logout, saved after it'
        await visitor.visit((other) => other.destroy())
      })
      expect(await thief.visit((session) => session.toJSON())).toEqual({})
      expect(await slow.twin().visit((session) => session.toJSON())).toEqual({})
    })

    test('two requests that write different keys both count [P3] [A24]', async () => {
      const visitor = new Visitor(sessions)
      await visitor.visit((session) => {
        session.count = 0
      })
      await visitor.visit(async (session) => {
        session.note = 'first'
        await visitor.twin().visit((other) => {
          other.cart = ['second']
        })
      })
      const data = await visitor.visit((session) => session.toJSON())
      expect(data).toEqual({ count: 0, note: 'first', cart: ['second'] })
    })

    test('200 parallel updates of one session count to 200 [P3]', async () => {
      const visitor = new Visitor(sessions)
      await visitor.visit((session) => {
        session.count = 0
      })
      const increments = Array.from({ length: 200 }, () =>
        visitor.twin().visit((session) =>
          session.update((draft) => {
            draft.count = (draft.count ?? 0) + 1
          }),
        ),
      )
      await Promise.all(increments)
      expect(await visitor.visit((session) => session.count)).toBe(200)
    })

    test('a session in use outlives its idle timeout, an unused one ends with it [P8] [C30]', async () => {
      const [used, unused] = [new Visitor(sessions), new Visitor(sessions)]
      for (const visitor of [used, unused]) {
        await visitor.visit((session) => {
          session.note = 'here'
        })
      }
      for (let hours = 0; hours < 36; hours += 12) {
        clock.advance('12h')
        expect(await used.visit((session) => session.note)).toBe('here')
      }
      expect(await unused.visit((session) => session.note)).toBeUndefined()
    })

    test('a session ends at its absolute timeout however much it is used [P8] [C31]', async () => {
      const visitor = new Visitor(sessions)
      await visitor.visit((session) => {
        session.note = 'here'
      })
      for (let hours = 0; hours < 30 * 24 - 12; hours += 12) {
        clock.advance('12h')
        expect(await visitor.visit((session) => session.note)).toBe('here')
      }
      clock.advance('12h')
      expect(await visitor.visit((session) => session.note)).toBeUndefined()
    })

    test('a request that writes nothing leaves nothing behind [P1]', async () => {
      const visitor = new Visitor(sessions)
      await visitor.visit((session) => session.has('userId'))
      expect(visitor.cookie).toBeNull()
    })
  })
}
