import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { SessionRecord } from '../../src/core/record.ts'
import type { Session } from '../../src/core/session.ts'
import { createSessions } from '../../src/core/sessions.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { EventLog } from '../engine/event-log.ts'
import { SECRET, start } from '../engine/start.ts'

/** A memory store that counts how often it is asked, and fails when told to. */
class CountingStore extends MemorySessionStore {
  asked = 0
  broken = false

  override get(id: string): SessionRecord | null {
    this.asked++
    if (this.broken) throw new Error('out of order')
    return super.get(id)
  }
}

interface Data {
  name?: string
  visits?: number
}

async function known() {
  const store = new CountingStore()
  const sessions = createSessions<Data>({ secret: SECRET, store })
  const passage = await sessions.open(null)
  passage.session.name = 'ann'
  const effects = await passage.commit()
  const [cookie = ''] = (effects?.setCookie ?? '').split(';')
  store.asked = 0
  return { store, sessions, cookie, log: new EventLog(sessions) }
}

/** A web request, over plain http, whose headers cannot be read once it is closed. */
function closingRequest(cookie: string): { request: Request; close(): void } {
  const request = new Request('http://example.test/', { headers: { cookie } })
  const close = (): void => {
    Object.defineProperty(request, 'headers', {
      get: () => {
        throw new TypeError('Request closed')
      },
    })
  }
  return { request, close }
}

describe('a store that is immediate', () => {
  test('is not asked, and no ticket is checked, for a session that nobody uses [P1]', async () => {
    const { store, sessions, cookie, log } = await known()
    const passage = await sessions.open(cookie)
    expect(await passage.commit()).toBeNull()
    expect(store.asked).toBe(0)
    expect(log.told).toEqual([])
  })

  test('is asked once, at the first use', async () => {
    const { store, sessions, cookie, log } = await known()
    const { session } = await sessions.open(cookie)
    expect(store.asked).toBe(0)
    expect([session.name, session.isNew, session.name]).toEqual(['ann', false, 'ann'])
    expect(store.asked).toBe(1)
    expect(log.told).toEqual(['loaded'])
  })

  test('is asked by the cookie that came, also when the request has lost its headers, as one upgraded on Deno has', async () => {
    const { sessions, cookie } = await known()
    const { request, close } = closingRequest(cookie)
    const { session } = await sessions.open(request)
    close()
    expect(session.name).toBe('ann')
  })

  test('has a session begun for a request that has lost its headers', async () => {
    const { sessions } = await known()
    const { request, close } = closingRequest('')
    const passage = await sessions.open(request)
    close()
    passage.session.name = 'bert'
    expect(await passage.commit()).toMatchObject({ setCookie: expect.stringContaining('=') })
  })

  test('has the response held when the session is first used, and once', async () => {
    const { sessions, cookie } = await known()
    const passage = await sessions.open(cookie)
    const hold = vi.fn(() => true)
    passage.whenUsed(hold)
    expect(hold).not.toHaveBeenCalled()
    passage.session.visits = 1
    passage.session.visits = 2
    expect(hold).toHaveBeenCalledOnce()
  })

  test('has a response that can no longer be held written to, but no new session made for it [P3]', async () => {
    const { store, sessions, log } = await known()
    const passage = await sessions.open(null)
    passage.whenUsed(() => false)
    passage.session.visits = 1
    expect(await passage.commit()).toBeNull()
    expect([store.size, log.told]).toEqual([1, ['discarded: headers-sent']])
  })

  test('gives what is there when the session is used, not what was there when the request came [P4]', async () => {
    const { sessions, cookie } = await known()
    const waiting = await sessions.open(cookie)
    const ending = await sessions.open(cookie)
    await ending.session.destroy()
    expect({ ...waiting.session }).toEqual({})
    expect(waiting.session.isNew).toBe(false)
  })

  const uses: ReadonlyArray<[string, (session: Session<Data>) => unknown, unknown]> = [
    ['a read', (session) => session.name, 'ann'],
    ['in', (session) => 'name' in session, true],
    ['Object.hasOwn', (session) => Object.hasOwn(session, 'name'), true],
    ['Object.keys', (session) => Object.keys(session), ['name']],
    ['delete', (session) => Reflect.deleteProperty(session, 'name') && Object.keys(session), []],
    [
      'a write',
      (session) => Object.assign(session, { visits: 1 }) && { ...session },
      { name: 'ann', visits: 1 },
    ],
    [
      'Object.defineProperty',
      (session) => Object.defineProperty(session, 'visits', { value: 1 }).name,
      'ann',
    ],
    ['has()', (session) => session.has('name'), true],
    ['get()', (session) => session.get('name'), 'ann'],
    ['isNew', (session) => session.isNew, false],
    ['toJSON()', (session) => session.toJSON(), { name: 'ann' }],
    ['console.log', (session) => inspect(session), "{ name: 'ann' }"],
    ['reload()', (session) => session.reload().then(() => session.name), 'ann'],
    ['save()', (session) => session.save().then(() => session.name), 'ann'],
    ['update()', (session) => session.update((draft) => void Object.assign(draft, { visits: 1 })), true],
  ]
  test.each(uses)('is asked by %s', async (_name, use, expected) => {
    const { store, sessions, cookie } = await known()
    const { session } = await sessions.open(cookie)
    expect(await use(session)).toEqual(expected)
    expect(store.asked).toBeGreaterThan(0)
  })

  test('is asked by what changes the id, which ends the record it finds [P5]', async () => {
    const { store, sessions, cookie } = await known()
    const passage = await sessions.open(cookie)
    await passage.session.regenerate({ keep: true })
    expect((await passage.commit())?.setCookie).toContain(sessions.cookieName)
    expect(passage.session.name).toBe('ann')
    expect(store.count()).toBe(1)
    expect({ ...(await sessions.open(cookie)).session }).toEqual({})
  })

  test('is asked at once where the session is read apart from a response', async () => {
    const { store, sessions, cookie } = await known()
    const session = await sessions.read(cookie)
    expect(store.asked).toBe(1)
    store.destroy(session.id)
    expect(session.name).toBe('ann')
  })

  test('is asked at once while a secret is being changed: each ticket that comes by is signed again [P7]', async () => {
    const { store, cookie } = await known()
    const rotated = createSessions<Data>({ secret: [`the-next-${SECRET}`, SECRET], store })
    const passage = await rotated.open(cookie)
    expect(store.asked).toBe(1)
    expect((await passage.commit())?.setCookie).toContain(rotated.cookieName)
  })

  test('is asked at once when there is a schema, which may have to be waited for', async () => {
    const { store, cookie } = await known()
    const schema = z.object({ name: z.string().refine(async (name) => name === 'ann') })
    const sessions = createSessions({ secret: SECRET, store, schema })
    const { session } = await sessions.open(cookie)
    expect(store.asked).toBe(1)
    expect(session.name).toBe('ann')
  })

  test('that fails all the same fails the use, and the next use asks again [P11]', async () => {
    const { store, sessions, cookie } = await known()
    const passage = await sessions.open(cookie)
    store.broken = true
    expect(() => passage.session.name).toThrow(expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' }))
    expect(() => Object.assign(passage.session, { visits: 1 })).toThrow(/failed on 'get'/)
    store.broken = false
    expect(passage.session.name).toBe('ann')
    expect(await passage.commit()).toMatchObject({ setCookie: null })
    expect(store.count()).toBe(1)
  })

  test('but answers with a promise is refused, with the fix', async () => {
    const memory = new MemorySessionStore()
    const store = {
      immediate: true as const,
      ended: { count: 0, isEndedSince: () => false },
      get: async (id: string) => memory.get(id),
      set: memory.set.bind(memory),
      create: memory.create.bind(memory),
      replace: memory.replace.bind(memory),
      touch: memory.touch.bind(memory),
      destroy: memory.destroy.bind(memory),
    }
    const sessions = createSessions<Data>({ secret: SECRET, store })
    const first = await sessions.open(null)
    first.session.name = 'ann'
    const [cookie = ''] = ((await first.commit())?.setCookie ?? '').split(';')
    const { session } = await sessions.open(cookie)
    expect(() => session.name).toThrow(/says that it is immediate, but its get answered with a promise/)
  })
})

test('a session nobody has used yet is told from the app by its use alone: a late write after the headers is saved [P2]', async () => {
  const { browser } = start<Data>()
  await browser.request((session) => {
    session.name = 'ann'
  })
  const exchange = await browser.arrive()
  await exchange.leave()
  exchange.session.visits = 2
  await new Promise<void>((resolve) => setImmediate(resolve))
  expect(await browser.look()).toEqual({ name: 'ann', visits: 2 })
})
