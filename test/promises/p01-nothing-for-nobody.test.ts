import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import { createSessions } from '../../src/core/sessions.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { interceptStore } from '../../src/testing/intercept-store.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { SECRET, start, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  cart: string[]
}

/** A manager on a store that counts its calls. */
function counted(options = {}) {
  return startOn<Data, ReturnType<typeof count>>(count, options)
}

function count<Store extends SessionStore>(store: Store) {
  return interceptStore(store, (_operation, run) => run(), {})
}

function total(calls: Readonly<Record<string, number>>): number {
  return Object.values(calls).reduce((sum, one) => sum + one, 0)
}

type Handler = (session: Session<Data>) => unknown

const LOOKS: ReadonlyArray<[string, Handler]> = [
  ['nothing', () => {}],
  ['reads a key', (session) => session.a],
  ['reads its id', (session) => session.id],
  [
    'reads isNew, createdAt and expiresAt',
    (session) => [session.isNew, session.createdAt, session.expiresAt],
  ],
  ['asks has() and in', (session) => session.has('a') || 'a' in session],
  ['lists the keys', (session) => [Object.keys(session), { ...session }]],
  ['prints it', (session) => [JSON.stringify(session), inspect(session)]],
  ['deletes a key that is not there', (session) => delete session.a],
]

const IDLE_VERBS: ReadonlyArray<[string, Handler]> = [
  ['touch()', (session) => session.touch()],
  ['clear()', (session) => session.clear()],
  ['regenerate()', (session) => session.regenerate()],
  ['regenerate({ keep: true })', (session) => session.regenerate({ keep: true })],
  ['save()', (session) => session.save()],
  ['reload()', (session) => session.reload()],
  ['destroy()', (session) => session.destroy()],
  ['an update() that changes nothing', (session) => session.update(() => {})],
  ['undefined written', (session) => Reflect.set(session, 'a', undefined)],
  [
    'a value written and deleted again',
    (session) => {
      session.a = 1
      delete session.a
    },
  ],
  [
    'a value written and cleared',
    (session) => {
      session.a = 1
      session.clear()
    },
  ],
]

describe('a visitor without a cookie', () => {
  test.each(LOOKS)(
    'costs no store call, record or cookie when the handler %s [P1]',
    async (_name, handler) => {
      const { browser, store, memory } = counted()
      const response = await browser.request(handler)
      expect(total(store.calls)).toBe(0)
      expect(memory.count()).toBe(0)
      expect(response.setCookie).toBeNull()
      expect(response.headers.lines('set-cookie')).toEqual([])
    },
  )

  test.each(IDLE_VERBS)('costs no store call, record or cookie for %s [P1]', async (_name, handler) => {
    const { browser, store, memory } = counted()
    const response = await browser.request(handler)
    expect(total(store.calls)).toBe(0)
    expect(memory.count()).toBe(0)
    expect(response.setCookie).toBeNull()
  })

  test('gets a response without a single header of ours when the session is not looked at [P1]', async () => {
    const { browser } = counted()
    const response = await browser.request()
    expect(response.isPlain).toBe(true)
    expect(response.headers.all()).toEqual({})
  })

  test('leaves no record after 1,000 requests that read [P1] [A26]', async () => {
    const { sessions, store, memory } = counted()
    for (let visit = 0; visit < 1_000; visit++) {
      const response = await new Browser(sessions).request((session) => session.userId ?? session.has('cart'))
      expect(response.setCookie).toBeNull()
    }
    expect(memory.count()).toBe(0)
    expect(total(store.calls)).toBe(0)
  })

  test('gets one record, one cookie and one store call when the handler writes, so that the counts above mean something [P1]', async () => {
    const { browser, store, memory } = counted()
    const response = await browser.request((session) => {
      session.a = 1
    })
    expect(response.ticket).not.toBeNull()
    expect(memory.count()).toBe(1)
    expect(total(store.calls)).toBe(1)
    expect(store.calls.create).toBe(1)
  })
})

describe('a visitor whose cookie proves nothing', () => {
  const forged = `${'A'.repeat(43)}.${'A'.repeat(43)}`
  const cookies: ReadonlyArray<[string, (name: string) => string]> = [
    ['other cookies only', () => 'theme=dark; lang=en'],
    ['an empty value', (name) => `${name}=`],
    ['a malformed ticket', (name) => `${name}=hello`],
    ['a forged ticket', (name) => `${name}=${forged}`],
    ['a name that only ends like ours', (name) => `x${name}=${forged}`],
  ]
  test.each(cookies)('asks the store nothing with %s [P1]', async (_name, cookie) => {
    const { sessions, store, memory } = counted()
    for (const [, handler] of [...LOOKS, ...IDLE_VERBS]) {
      const passage = await sessions.open(cookie(sessions.cookieName))
      await handler(passage.session)
      await passage.commit()
    }
    expect(total(store.calls)).toBe(0)
    expect(memory.count()).toBe(0)
  })

  test('costs one read and no write when the ticket is well signed but its session is unknown [P1] [A26]', async () => {
    const { browser, store, memory } = counted()
    await browser.request((session) => {
      session.a = 1
    })
    memory.destroy((await browser.arrive()).session.id)
    store.resetCalls()
    const response = await browser.request((session) => session.a)
    expect(store.calls.get).toBe(1)
    expect(total(store.calls)).toBe(1)
    expect(memory.count()).toBe(0)
    expect(response.setCookie).toBeNull()
  })
})

describe('a visitor whose session the handler does not touch', () => {
  test('costs one read, no parse, no write and no header, also long after the last touch [P1] [A18]', async () => {
    const { browser, store, clock } = counted()
    await browser.request((session) => {
      session.cart = ['hat']
    })
    clock.advance('23h')
    store.resetCalls()
    const parse = vi.spyOn(JSON, 'parse')
    const stringify = vi.spyOn(JSON, 'stringify')
    const response = await browser.request()
    const parsed = [parse.mock.calls.length, stringify.mock.calls.length]
    vi.restoreAllMocks()
    expect(parsed).toEqual([0, 0])
    expect(store.calls.get).toBe(1)
    expect(total(store.calls)).toBe(1)
    expect(response.isPlain).toBe(true)
  })

  test('costs not even a read on a store that is immediate [P1]', async () => {
    const { browser, memory } = start<Data>()
    await browser.request((session) => {
      session.cart = ['hat']
    })
    const get = vi.spyOn(memory, 'get')
    expect((await browser.request()).isPlain).toBe(true)
    expect(get).not.toHaveBeenCalled()
  })

  test('is not parsed by asking for what the record itself tells, and is by asking for data [P1]', async () => {
    const { browser } = counted()
    await browser.request((session) => {
      session.cart = ['hat']
    })
    const { session } = await browser.arrive()
    const parse = vi.spyOn(JSON, 'parse')
    void [session.id, session.isNew, session.createdAt, session.expiresAt]
    const before = parse.mock.calls.length
    expect(session.cart).toEqual(['hat'])
    const after = parse.mock.calls.length
    vi.restoreAllMocks()
    expect([before, after]).toEqual([0, 1])
  })

  test('tells that it was loaded and nothing else [P1]', async () => {
    const { browser, sessions, clock } = counted()
    await browser.request((session) => {
      session.a = 1
    })
    clock.advance('10m')
    const log = new EventLog(sessions)
    await browser.request()
    expect(log.told).toEqual(['loaded'])
  })
})

test('a manager that is only built asks its store nothing [P1]', async () => {
  const { memory } = counted()
  const store = count(memory)
  createSessions({ secret: SECRET, store })
  expect(total(store.calls)).toBe(0)
})
