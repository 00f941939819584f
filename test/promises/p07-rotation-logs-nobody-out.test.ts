import { describe, expect, test } from 'vitest'
import type { Secrets } from '../../src/core/key-ring.ts'
import type { Session } from '../../src/core/session.ts'
import type { Sessions } from '../../src/core/sessions.ts'
import { Browser } from '../engine/browser.ts'
import { startBeside, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
}

const OLD = 'the-old-secret-0123456789-abcdefghijkl'
const NEW = 'the-new-secret-9876543210-lkjihgfedcba'
const NEWEST = 'the-newest-secret-0a1b2c3d4e5f6g7h8i9j'

type Started = ReturnType<typeof startLater<Data>>

/** The manager after the secret was changed, on the same store. */
function withSecret(started: Started, secret: Secrets): Sessions<Data> {
  return startBeside<Data>(started, { secret })
}

/** A visitor whose ticket was signed with the old secret. */
async function signedWithOld(): Promise<Started> {
  const started = startLater<Data>({ secret: OLD })
  await started.browser.request((session) => session.set('a', 1))
  return started
}

const tokenOf = (ticket: string | null): string => ticket?.split('.')[0] ?? ''

const HANDLERS: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
  ['does not look at the session', () => {}],
  ['reads', (session) => session.a],
  ['writes', (session) => session.set('a', 2)],
  ['saves', (session) => session.save()],
  ['touches', (session) => session.touch()],
  ['updates', (session) => session.update((draft) => void Object.assign(draft, { a: 2 }))],
  ['signs in', (session) => session.set('userId', 'ann')],
  ['regenerates', (session) => session.regenerate({ keep: true })],
]

describe('a ticket signed with an older key of the ring', () => {
  test.each(HANDLERS)(
    'is honoured and signed anew on this very response, when the handler %s [P7] [A20] [C63]',
    async (_name, handler) => {
      const started = await signedWithOld()
      const { ticket } = started.browser
      const browser = new Browser(withSecret(started, [NEW, OLD]), ticket)
      expect(await browser.look()).toEqual({ a: 1 })
      const response = await browser.request(handler)
      expect(response.clearsCookie).toBe(false)
      expect(response.ticket).not.toBeNull()
      expect(response.ticket).not.toBe(ticket)
      // What proves the new signature: it holds where the old secret is gone.
      const afterwards = new Browser(withSecret(started, NEW), browser.ticket)
      expect(await afterwards.look()).toMatchObject({ a: expect.any(Number) })
    },
  )

  test.each(HANDLERS.slice(0, 6))(
    'stays the same session under the same id when the handler %s [P7]',
    async (_name, handler) => {
      const started = await signedWithOld()
      const { id } = (await started.browser.arrive()).session
      const browser = new Browser(withSecret(started, [NEW, OLD]), started.browser.ticket)
      await browser.request(handler)
      expect((await browser.arrive()).session.id).toBe(id)
      expect(tokenOf(browser.ticket)).toBe(tokenOf(started.browser.ticket))
      expect(started.memory.count()).toBe(1)
    },
  )

  test('is signed anew once, and left alone from then on [P7]', async () => {
    const started = await signedWithOld()
    const browser = new Browser(withSecret(started, [NEW, OLD]), started.browser.ticket)
    expect((await browser.request()).setCookie).not.toBeNull()
    expect((await browser.request()).setCookie).toBeNull()
    expect((await browser.request((session) => session.set('a', 3))).setCookie).toBeNull()
  })

  test('is honoured from any place of the ring behind the first [P7]', async () => {
    const started = await signedWithOld()
    for (const secret of [
      [NEWEST, NEW, OLD],
      [NEW, undefined, OLD],
      [NEWEST, OLD, NEW],
    ] as const) {
      expect(await new Browser(withSecret(started, secret), started.browser.ticket).look()).toEqual({ a: 1 })
    }
  })

  test('is signed anew also when the first session read it long before the secret changed [P7]', async () => {
    const started = await signedWithOld()
    started.clock.advance('10h')
    const browser = new Browser(withSecret(started, [NEW, OLD]), started.browser.ticket)
    expect((await browser.request((session) => session.a)).ticket).not.toBeNull()
  })

  test('does not come back on a response whose session has ended meanwhile [P7] [P4]', async () => {
    for (const [, handler] of HANDLERS) {
      const started = await signedWithOld()
      const sessions = withSecret(started, [NEW, OLD])
      const slow = await new Browser(sessions, started.browser.ticket).arrive()
      await new Browser(sessions, started.browser.ticket).request((session) => session.destroy())
      await handler(slow.session)
      expect((await slow.leave()).ticket).toBeNull()
      expect(started.memory.count()).toBe(0)
    }
  })
})

describe('a change of the secret under load', () => {
  test('logs out nobody in 1,000 requests of 50 visitors, while old and new servers answer side by side [P7] [A20]', async () => {
    const started = startLater<Data>({ secret: OLD })
    // As deployments do it: first every server learns the new secret, then it signs, then the old one goes.
    const stages: readonly Secrets[][] = [
      [OLD, [OLD, NEW]],
      [
        [OLD, NEW],
        [NEW, OLD],
      ],
      [[NEW, OLD]],
      [[NEW, OLD], NEW],
      [NEW],
    ]
    const browsers = Array.from({ length: 50 }, () => new Browser(started.sessions))
    for (const [index, browser] of browsers.entries()) {
      await browser.request((session) => session.set('a', index))
    }
    let wrong = 0
    for (const secrets of stages) {
      const servers = secrets.map((secret) => withSecret(started, secret))
      for (let round = 0; round < 4; round++) {
        for (const [index, browser] of browsers.entries()) {
          const server = servers[(index + round) % servers.length]
          if (server === undefined) throw new Error('no server')
          const visit = new Browser(server, browser.ticket)
          await visit.request((session) => {
            if (session.a !== index) wrong++
          })
          browser.ticket = visit.ticket
        }
      }
    }
    expect(wrong).toBe(0)
    expect(started.memory.count()).toBe(50)
  })

  test('does not clear the cookie of a visitor who only reads [P7]', async () => {
    const started = await signedWithOld()
    const browser = new Browser(withSecret(started, [NEW, OLD]), started.browser.ticket)
    const response = await browser.request((session) => session.a)
    expect(response.clearsCookie).toBe(false)
    expect(await browser.look()).toEqual({ a: 1 })
  })
})

describe('a key that was taken out of the ring', () => {
  test('opens nothing any more [P7] [A20]', async () => {
    const started = await signedWithOld()
    for (const secret of [NEW, [NEW], [NEW, NEWEST], [NEW, undefined]] as const) {
      expect(await new Browser(withSecret(started, secret), started.browser.ticket).look()).toEqual({})
    }
  })

  test('signs nothing while it is kept for verifying [P7]', async () => {
    const started = startLater<Data>({ secret: [NEW, OLD] })
    await started.browser.request((session) => session.set('a', 1))
    expect(await new Browser(withSecret(started, NEW), started.browser.ticket).look()).toEqual({ a: 1 })
    expect(await new Browser(withSecret(started, OLD), started.browser.ticket).look()).toEqual({})
  })
})

test('a response whose session was saved early does not put a dead ticket over that of a parallel sign-in [P7]', async () => {
  const started = await signedWithOld()
  const browser = new Browser(withSecret(started, [NEW, OLD]), started.browser.ticket)
  const slow = await browser.arrive()
  slow.session.a = 2
  await slow.session.save()
  await browser.request((session) => session.set('userId', 'ann'))
  browser.receive(await slow.leave())
  expect(await browser.look()).toEqual({ a: 2, userId: 'ann' })
})

test('a ticket whose session was saved early is signed anew as the response leaves [P7]', async () => {
  const started = await signedWithOld()
  const browser = new Browser(withSecret(started, [NEW, OLD]), started.browser.ticket)
  const response = await browser.request(async (session) => {
    session.a = 2
    await session.save()
  })
  expect(response.ticket).not.toBeNull()
  expect(await new Browser(withSecret(started, NEW), browser.ticket).look()).toEqual({ a: 2 })
})
