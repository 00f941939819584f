import { describe, expect, test } from 'vitest'
import { session as nodeSession, type SessionRequest } from '../../src/adapters/node.ts'
import { Browser } from '../engine/browser.ts'
import { serve } from '../engine/serve.ts'
import { start } from '../engine/start.ts'

/** What a database driver gives as an id: an object that writes itself as text. */
class ObjectId {
  readonly #hex: string
  constructor(hex: string) {
    this.#hex = hex
  }
  toJSON(): string {
    return this.#hex
  }
}

interface Data {
  userId: string
  cart: string[]
  step: number
}

describe('[A01] fixation', () => {
  test('a victim who logs in with the attacker’s cookie gets another; the attacker’s opens nothing [A01] [P5] [C04]', async () => {
    const { browser, sessions } = start<Data>()
    await browser.request((session) => session.set('cart', []))
    const attacker = browser.copy()
    const victim = new Browser<Data>(sessions, attacker.ticket)
    const response = await victim.request((session) => session.set('userId', 'victim'))
    expect(response.ticket).not.toBeNull()
    expect(response.ticket).not.toBe(attacker.ticket)
    expect(await attacker.look()).toEqual({})
    expect(await victim.look()).toEqual({ cart: [], userId: 'victim' })
  })

  test('an id nobody issued is not adopted by a login [A01] [C03]', async () => {
    const { browser, sessions, memory } = start<Data>()
    await browser.request((session) => session.set('step', 1))
    const attacker = browser.copy()
    const { id } = (await browser.arrive()).session
    await sessions.revoke(id)
    const victim = attacker.copy()
    await victim.request((session) => session.set('userId', 'victim'))
    expect(victim.ticket).not.toBe(attacker.ticket)
    expect(memory.get(id)).toBeNull()
    expect(await attacker.look()).toEqual({})
  })

  test('logging in again as somebody else changes the id again [A01] [C04]', async () => {
    const { browser } = start<Data>()
    const tickets = new Set<string | null>()
    for (const userId of ['ann', 'bob', 'ann']) {
      await browser.request((session) => session.set('userId', userId))
      tickets.add(browser.ticket)
    }
    expect(tickets.size).toBe(3)
  })

  test('over HTTP, a login in a sub-handler after headers were prepared changes the id [A01]', async () => {
    const { sessions } = start<Data>()
    const login = async (request: SessionRequest<Data>): Promise<void> => {
      await Promise.resolve()
      request.session.userId = 'victim'
    }
    const url = await serve(
      nodeSession(sessions, async (request, response) => {
        response.statusCode = 302
        response.setHeader('location', '/home')
        response.setHeader('set-cookie', 'theme=dark')
        if (request.url === '/login') await login(request)
        else request.session.step = 1
        response.end()
      }),
    )
    const visit = (path: string, cookie: string): Promise<Response> =>
      fetch(url + path, { redirect: 'manual', headers: { cookie } })
    const ours = (response: Response): string =>
      response.headers
        .getSetCookie()
        .find((line) => line.startsWith(sessions.cookieName))
        ?.split(';')[0] ?? ''
    const before = ours(await visit('/', ''))
    const after = ours(await visit('/login', before))
    expect(after).not.toBe('')
    expect(after).not.toBe(before)
    expect((await sessions.open(before)).session.toJSON()).toEqual({})
    expect((await sessions.open(after)).session.toJSON()).toEqual({ step: 1, userId: 'victim' })
  })

  test('signing in with an id object changes the id as signing in with its text does [A01] [P5]', async () => {
    const { browser, memory } = start<{ cart: string[]; userId: ObjectId | string }>()
    await browser.request((session) => session.set('cart', ['hat']))
    const attacker = browser.copy()
    await browser.request((session) => session.set('userId', new ObjectId('66f0c0ffee')))
    expect(await attacker.look()).toEqual({})
    expect(await browser.look()).toEqual({ cart: ['hat'], userId: '66f0c0ffee' })
    expect(memory.listByUser('66f0c0ffee')).toHaveLength(1)
  })

  test('a user that only two parallel requests together make changes the id as well [A01] [P5]', async () => {
    const { browser } = start<{ tenant: string; login: string }>({
      user: ({ tenant, login }) => (tenant && login ? `${tenant}/${login}` : undefined),
    })
    await browser.request((session) => session.set('tenant', ''))
    const attacker = browser.copy()
    const first = await browser.arrive()
    const second = await browser.arrive()
    first.session.tenant = 'acme'
    second.session.login = 'ann'
    browser.receive(await first.leave())
    browser.receive(await second.leave())
    expect(await attacker.look()).toEqual({})
    expect(await browser.look()).toEqual({ tenant: 'acme', login: 'ann' })
  })
})

describe('[A21] session puzzling', () => {
  // One flow remembers whose password is being reset; another reads who is logged in.
  interface Puzzle {
    userId: string
    reset: { userId: string }
  }

  test('what an anonymous flow stores under another key gives no powers [A21] [P5]', async () => {
    const { browser, memory } = start<Puzzle>()
    await browser.request((session) => session.set('reset', { userId: 'admin' }))
    const { ticket } = browser
    await browser.request((session) => {
      session.reset = { userId: 'root' }
    })
    expect(browser.ticket).toBe(ticket)
    expect(memory.listByUser('admin').length + memory.listByUser('root').length).toBe(0)
    expect((await browser.arrive()).session.userId).toBeUndefined()
  })

  test('what the engine knows of the user is its own, and not to be written by data [A21]', async () => {
    const { browser, memory } = start<Puzzle & { user: string; revision: number; expiresAtAll: number }>()
    await browser.request((session) => Object.assign(session, { user: 'admin', revision: 99, touchedAt: 0 }))
    const [record] = memory.entries().records
    expect(record).not.toHaveProperty('user')
    expect(record?.revision).toBe(1)
    expect(memory.listByUser('admin')).toEqual([])
  })

  test('a key that two flows write is an id change of its own when it is the user’s [A21] [P5]', async () => {
    const { browser } = start<Puzzle>({ user: (data) => data.userId ?? data.reset?.userId })
    await browser.request((session) => session.set('reset', { userId: 'ann' }))
    const attacker = browser.copy()
    await browser.request((session) => session.set('userId', 'bob'))
    expect(await attacker.look()).toEqual({})
  })
})
