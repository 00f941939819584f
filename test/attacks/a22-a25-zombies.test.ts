import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { start, startBeside, startHeld, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  b: number
}

describe('[A22] zombie sessions', () => {
  const writes: ReadonlyArray<[string, 'replace' | 'touch' | 'create', (session: Session<Data>) => unknown]> =
    [
      ['a write', 'replace', (session) => session.set('a', 1)],
      ['a touch', 'touch', (session) => session.a],
      ['an update', 'replace', (session) => session.update((draft) => void Object.assign(draft, { a: 1 }))],
      ['a change of id', 'create', (session) => session.regenerate({ keep: true })],
    ]
  test.each(writes)(
    '%s held before the store while another process logs out leaves the store empty and the cookie dead [A22] [P4]',
    async (_name, verb, act) => {
      const started = startHeld<Data>()
      const { browser, clock, memory, sessions, store } = started
      await browser.request((session) => session.set('userId', 'ann'))
      clock.advance('1h')
      const thief = browser.copy()
      const gate = store.hold(verb)
      const writing = browser.request(act)
      await gate.reached
      const loggingOut = new Browser(startBeside<Data>(started), thief.ticket)
      const goodbye = await loggingOut.request((session) => session.destroy())
      expect(goodbye.clearsCookie).toBe(true)
      gate.release()
      const response = await writing
      expect(response.setCookie).toBeNull()
      expect(memory.count()).toBe(0)
      expect(await thief.look()).toEqual({})
      expect(await new Browser(sessions, thief.ticket).look()).toEqual({})
    },
  )

  test('a request that outlives a revocation of all the user’s sessions brings none back [A22] [C41]', async () => {
    const started = startHeld<Data>()
    const { browser, memory, sessions, store } = started
    await browser.request((session) => session.set('userId', 'ann'))
    const gate = store.hold('replace')
    const writing = browser.request((session) => session.set('a', 1))
    await gate.reached
    expect(await sessions.user('ann').revoke()).toBe(1)
    gate.release()
    await writing
    expect(memory.count()).toBe(0)
    expect(await sessions.user('ann').list()).toEqual([])
  })
})

describe('[A23] parallel rotations', () => {
  test('20 requests with one id that each want a new one end in exactly one, and the late one of the old id writes nothing [A23] [P4] [P5]', async () => {
    const { browser, memory, store } = startHeld<Data>()
    await browser.request((session) => session.set('a', 1))
    const { id } = (await browser.arrive()).session
    const late = await browser.arrive()
    const gate = store.hold('replace', { calls: 20 })
    const rotating = Array.from({ length: 20 }, () =>
      browser.copy().request((session) => session.regenerate({ keep: true })),
    )
    await gate.reached
    gate.release()
    const responses = await Promise.all(rotating)
    const tickets = responses.flatMap(({ ticket }) => (ticket === null ? [] : [ticket]))
    expect(tickets).toHaveLength(1)
    expect(responses.some(({ clearsCookie }) => clearsCookie)).toBe(false)
    for (const response of responses) browser.receive(response)
    expect(await browser.look()).toEqual({ a: 1 })
    late.session.b = 666
    expect((await late.leave()).setCookie).toBeNull()
    expect(memory.get(id)).toBeNull()
    expect(memory.count()).toBe(1)
    expect(await browser.look()).toEqual({ a: 1 })
  })
})

describe('[A24] lost updates', () => {
  test('two requests that write different keys at once are both heard, and the conflict is told [A24] [P3]', async () => {
    const { browser, sessions, store } = startHeld<Data>()
    await browser.request((session) => session.set('userId', 'ann'))
    const log = new EventLog(sessions)
    const gate = store.hold('replace', { calls: 2 })
    const writing = [
      browser.copy().request((session) => session.set('a', 1)),
      browser.copy().request((session) => session.set('b', 2)),
    ]
    await gate.reached
    gate.release()
    await Promise.all(writing)
    expect(await browser.look()).toEqual({ userId: 'ann', a: 1, b: 2 })
    expect(log.told.filter((name) => name === 'conflict')).toHaveLength(1)
    expect(log.told.filter((name) => name.startsWith('discarded'))).toEqual([])
  })

  test('one whose session ended meanwhile is never lost in silence: it is told as discarded, or answered false [A24]', async () => {
    const { browser, sessions } = startLater<Data>()
    await browser.request((session) => session.set('userId', 'ann'))
    const [writing, updating] = [await browser.arrive(), await browser.arrive()]
    await browser.copy().request((session) => session.destroy())
    const log = new EventLog(sessions)
    writing.session.a = 1
    await writing.leave()
    expect(await updating.session.update((draft) => void Object.assign(draft, { b: 2 }))).toBe(false)
    expect(log.told).toEqual(['discarded: gone', 'discarded: gone'])
  })
})

describe('[A25] replay after logout', () => {
  const logouts: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
    ['destroy()', (session) => session.destroy()],
    ['clear()', (session) => session.clear()],
    ['deleting the user', (session) => void delete session.userId],
    ['regenerate()', (session) => session.regenerate()],
  ]
  test.each(logouts)(
    'a copied cookie opens nothing after %s: at once, later, and after a restart [A25] [P4] [C40]',
    async (_name, logOut) => {
      const started = startLater<Data>()
      const { browser, clock } = started
      await browser.request((session) => session.set('userId', 'ann'))
      const thief = browser.copy()
      expect(await thief.look()).toEqual({ userId: 'ann' })
      await browser.request(logOut)
      expect(await thief.look()).toEqual({})
      clock.advance('1h')
      expect(await thief.look()).toEqual({})
      expect(await new Browser(startBeside<Data>(started), thief.ticket).look()).toEqual({})
    },
  )

  test('a copied cookie opens nothing in a process whose memory store began empty [A25]', async () => {
    const { browser } = start<Data>()
    await browser.request((session) => session.set('userId', 'ann'))
    const restarted = start<Data>({ store: new MemorySessionStore() })
    expect(await new Browser<Data>(restarted.sessions, browser.ticket).look()).toEqual({})
  })
})
