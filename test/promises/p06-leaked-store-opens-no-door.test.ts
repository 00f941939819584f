import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { MapStore } from '../engine/map-store.ts'
import { SECRET, start, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
}

/** The bearer secret in a browser's cookie, and the signature beside it. */
function partsOf({ ticket }: Browser<Data>): { token: string; signature: string } {
  const [token, signature, ...more] = (ticket ?? '').split('.')
  if (token === undefined || signature === undefined || more.length > 0) throw new Error('no ticket')
  return { token, signature }
}

/** Wraps a store so that everything it is ever given is written down. */
function overheard<Store extends SessionStore>(store: Store, heard: string[]): Store {
  return new Proxy(store, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        heard.push(JSON.stringify(args))
        return Reflect.apply(member, target, args)
      }
    },
  })
}

describe('what a store is given', () => {
  test('never holds a token, a signature or the secret, whatever a session goes through [P6] [A14] [A15]', async () => {
    const heard: string[] = []
    const { browser, sessions, clock } = startOn<Data, SessionStore>((memory) => overheard(memory, heard))
    const known: string[] = [SECRET]
    const request: Browser<Data>['request'] = async (handler) => {
      const response = await browser.request(handler)
      if (browser.ticket !== null) known.push(...Object.values(partsOf(browser)))
      return response
    }
    await request((session) => session.set('a', 1))
    await request((session) => session.set('userId', 'ann'))
    await request((session) => session.update((draft) => void Object.assign(draft, { a: 2 })))
    clock.advance('1h')
    await request((session) => session.a)
    await request((session) => session.reload())
    await request((session) => session.regenerate({ keep: true }))
    await sessions.user('ann').list()
    await sessions.user('ann').revoke({ except: (await browser.arrive()).session.id })
    await request((session) => session.destroy())
    expect(known.length).toBeGreaterThan(10)
    expect(heard.length).toBeGreaterThan(10)
    for (const text of heard) {
      for (const secret of known) expect(text.includes(secret)).toBe(false)
    }
  })

  test('is an id that is the SHA-256 of the token, as key and in the record [P6] [A14]', async () => {
    const { browser, memory } = start<Data>()
    await browser.request((session) => session.set('a', 1))
    const { token } = partsOf(browser)
    const [record] = memory.entries().records
    expect(record?.id).toBe(createHash('sha256').update(token).digest('base64url'))
    expect(record?.id).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(memory.get(record?.id ?? '')).toEqual(record)
  })

  test('is another id for every session: 10,000 are all different [P6] [C01]', async () => {
    const { sessions, memory } = start<Data>()
    const tokens = new Set<string>()
    for (let visit = 0; visit < 10_000; visit++) {
      const browser = new Browser(sessions)
      await browser.request((session) => session.set('a', 1))
      tokens.add(partsOf(browser).token)
    }
    expect(tokens.size).toBe(10_000)
    expect(memory.count()).toBe(10_000)
  })
})

describe('what a thief finds in a store', () => {
  test('is no cookie: neither an id, nor an id with a signature from elsewhere, is honoured [P6] [A15]', async () => {
    const { browser, sessions, memory } = start<Data>()
    const thief = new Browser<Data>(sessions)
    await thief.request((session) => session.set('a', 0))
    const own = partsOf(thief)
    for (let login = 0; login < 100; login++) {
      await new Browser(sessions).request((session) => session.set('userId', `user${login}`))
    }
    await browser.request((session) => session.set('userId', 'ann'))
    for (const { id } of memory.entries({ limit: 1_000 }).records) {
      for (const ticket of [id, `${id}.${own.signature}`, `${id}.${id}`, `${own.token}.${id}`]) {
        expect(await new Browser(sessions, ticket).look()).toEqual({})
      }
    }
    expect(await browser.look()).toEqual({ userId: 'ann' })
  })

  test('is no cookie of his own after moving a record under his own id [P6] [A29]', async () => {
    const { browser, sessions, memory } = start<Data>()
    const thief = new Browser<Data>(sessions)
    await thief.request((session) => session.set('a', 0))
    await browser.request((session) => session.set('userId', 'admin'))
    const mine = memory.entries().records.find(({ user }) => user === undefined)
    const theirs = memory.entries().records.find(({ user }) => user === 'admin')
    if (mine === undefined || theirs === undefined) throw new Error('two records were expected')
    memory.set(mine.id, theirs, { ttl: 60_000 })
    const log = new EventLog(sessions)
    expect(await thief.look()).toEqual({})
    expect(log.told).toEqual(['missed: corrupt'])
  })
})

describe('a record that is not one of this id', () => {
  const spoilt: ReadonlyArray<[string, (record: SessionRecord) => unknown]> = [
    ['another id', (record) => ({ ...record, id: 'A'.repeat(43) })],
    ['no id', ({ id: _, ...record }) => record],
    ['an id in a list', (record) => ({ ...record, id: [record.id] })],
    ['a user that is no text', (record) => ({ ...record, user: { name: 'admin' } })],
  ]
  test.each(spoilt)('because of %s is a miss, and is told as corrupt [P6] [A29]', async (_name, spoil) => {
    const { browser, sessions, store } = startOn<Data, MapStore>(() => new MapStore())
    await browser.request((session) => session.set('a', 1))
    expect(await browser.look()).toEqual({ a: 1 })
    for (const [id, text] of store.records) store.records.set(id, JSON.stringify(spoil(JSON.parse(text))))
    const log = new EventLog(sessions)
    expect(await browser.look()).toEqual({})
    expect(log.told).toEqual(['missed: corrupt'])
  })
})

describe('what a handler, a log or a client can see of a session', () => {
  test('never is the token, the signature or the ticket [P6] [C08] [A28]', async () => {
    const { browser } = start<Data>()
    await browser.request((session) => session.set('a', 1))
    const { session, passage } = await browser.arrive()
    const { token, signature } = partsOf(browser)
    const seen = [
      JSON.stringify(session),
      inspect(session, { showHidden: true, depth: 9, getters: true }),
      inspect(passage, { showHidden: true, depth: 9 }),
      `${Object.entries({ ...session })}`,
      session.id,
      JSON.stringify(passage),
    ]
    for (const text of seen) {
      expect(text.includes(token)).toBe(false)
      expect(text.includes(signature)).toBe(false)
    }
  })
})
