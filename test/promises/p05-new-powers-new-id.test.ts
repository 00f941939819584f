import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import type { RegenerateOptions } from '../../src/core/session-verbs.ts'
import { EventLog } from '../engine/event-log.ts'
import { start, startFaulty, startHeld } from '../engine/start.ts'

interface Data {
  userId: string | number
  cart: string[]
  theme: string
  role: string
}

/** A visitor with data and no user, and a thief who knows the cookie. */
async function visitor(options: Parameters<typeof start<Data>>[0] = {}) {
  const started = start<Data>(options)
  await started.browser.request((session) => {
    session.cart = ['hat']
    session.theme = 'dark'
  })
  return withThief(started)
}

/** The same, signed in as ann. */
async function ann() {
  const started = start<Data>()
  await started.browser.request((session) => {
    session.userId = 'ann'
    session.cart = ['hat']
    session.theme = 'dark'
  })
  return withThief(started)
}

async function withThief(started: ReturnType<typeof start<Data>>) {
  return { ...started, thief: started.browser.copy(), oldId: (await started.browser.arrive()).session.id }
}

const SIGN_INS: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
  ['an assignment', (session) => Reflect.set(session, 'userId', 'ann')],
  ['set()', (session) => session.set('userId', 'ann')],
  ['a number', (session) => session.set('userId', 7)],
  ['Object.assign', (session) => Object.assign(session, { userId: 'ann' })],
  ['Object.defineProperty', (session) => Object.defineProperty(session, 'userId', { value: 'ann' })],
  ['update()', (session) => session.update((draft) => void Object.assign(draft, { userId: 'ann' }))],
  ['an assignment and save()', (session) => signInAndSave(session)],
]

function signInAndSave(session: Session<Data>): Promise<void> {
  session.userId = 'ann'
  return session.save()
}

describe('a sign-in', () => {
  test.each(SIGN_INS)(
    'by %s changes the id, ends the old one and keeps the data [P5] [A01] [C04]',
    async (_name, signIn) => {
      const { browser, thief, memory, oldId, sessions } = await visitor()
      const log = new EventLog(sessions)
      const response = await browser.request(signIn)
      const after = (await browser.arrive()).session
      expect(response.ticket).not.toBeNull()
      expect(response.ticket).not.toBe(thief.ticket)
      expect(after.id).not.toBe(oldId)
      expect(after.toJSON()).toMatchObject({ cart: ['hat'], theme: 'dark', userId: expect.anything() })
      expect(memory.get(oldId)).toBeNull()
      expect(memory.count()).toBe(1)
      expect(await thief.look()).toEqual({})
      expect(log.entries[1]).toMatchObject({
        name: 'regenerated',
        event: { id: after.id, previousId: oldId, user: String(after.userId) },
      })
    },
  )

  test.each([
    ['another user', 'bob'],
    ['nobody', undefined],
    ['an empty user', ''],
  ])('as %s after ann changes the id as well [P5] [A01]', async (_name, userId) => {
    const { browser, thief, oldId, memory } = await ann()
    await browser.request((session) => void Object.assign(session, { userId }))
    expect((await browser.arrive()).session.id).not.toBe(oldId)
    expect(await browser.look()).toMatchObject({ cart: ['hat'] })
    expect(memory.get(oldId)).toBeNull()
    expect(await thief.look()).toEqual({})
  })

  test('that is taken back by deleting the user changes the id again [P5]', async () => {
    const { browser, thief, oldId } = await ann()
    await browser.request((session) => void delete session.userId)
    expect((await browser.arrive()).session.id).not.toBe(oldId)
    expect(await thief.look()).toEqual({})
  })

  test('as the user one is already leaves the id [P5]', async () => {
    const { browser, oldId } = await ann()
    const response = await browser.request((session) => {
      session.userId = 'ann'
      session.theme = 'light'
    })
    expect(response.setCookie).toBeNull()
    expect((await browser.arrive()).session.id).toBe(oldId)
  })

  test('goes by the user option where one is given [P5]', async () => {
    const { browser, thief, oldId } = await visitor({ user: ({ role }) => role })
    await browser.request((session) => session.set('userId', 'ann'))
    expect((await browser.arrive()).session.id).toBe(oldId)
    await browser.request((session) => session.set('role', 'admin'))
    expect((await browser.arrive()).session.id).not.toBe(oldId)
    expect(await thief.look()).toEqual({})
  })

  test('in a session that is new anyway makes one record under one id [P5]', async () => {
    const { browser, memory } = start<Data>()
    await browser.request((session) => session.set('userId', 'ann'))
    expect(memory.count()).toBe(1)
    expect(memory.listByUser('ann')).toHaveLength(1)
  })

  test('ends the old id before its response is seen [P5]', async () => {
    const { browser, store, memory } = startHeld<Data>()
    await browser.request((session) => session.set('theme', 'dark'))
    const { id } = (await browser.arrive()).session
    const gate = store.hold('replace', { when: 'after' })
    const leaving = browser.request((session) => session.set('userId', 'ann'))
    await gate.reached
    expect(memory.get(id)).toBeNull()
    gate.release()
    await leaving
  })

  test('that the store fails to carry out leaves the old session as it was and hands out no ticket [P5] [P11]', async () => {
    for (const verb of ['create', 'replace'] as const) {
      const { browser, memory, store } = startFaulty<Data>()
      await browser.request((session) => session.set('theme', 'dark'))
      store.fail(verb, { nth: 1 })
      const exchange = await browser.arrive()
      exchange.session.userId = 'ann'
      await expect(exchange.leave()).rejects.toMatchObject({ status: 503 })
      expect(await browser.look()).toEqual({ theme: 'dark' })
      expect(memory.count()).toBe(1)
    }
  })
})

describe('clear()', () => {
  test('destroys the record and clears the cookie when nothing is written after it [P5]', async () => {
    const { browser, thief, memory } = await ann()
    const response = await browser.request((session) => {
      session.clear()
      expect(session.toJSON()).toEqual({})
    })
    expect(memory.count()).toBe(0)
    expect(response.clearsCookie).toBe(true)
    expect(await thief.look()).toEqual({})
  })

  test('lets what is written after it start a session with a new id and nothing old [P5]', async () => {
    const { browser, thief, memory, oldId } = await ann()
    const response = await browser.request((session) => {
      session.theme = 'light'
      session.clear()
      session.role = 'guest'
    })
    expect(response.ticket).not.toBeNull()
    const { session } = await browser.arrive()
    expect(session.id).not.toBe(oldId)
    expect(session.toJSON()).toEqual({ role: 'guest' })
    expect(memory.count()).toBe(1)
    expect(await thief.look()).toEqual({})
  })

  test('keeps nothing of what another request writes meanwhile [P5] [P4]', async () => {
    const { browser, memory } = await ann()
    const clearing = await browser.arrive()
    clearing.session.clear()
    clearing.session.role = 'guest'
    await browser.copy().request((session) => session.set('cart', ['hat', 'coat']))
    browser.receive(await clearing.leave())
    expect(await browser.look()).toEqual({ role: 'guest' })
    expect(memory.count()).toBe(1)
  })
})

describe('regenerate()', () => {
  const KEEPS: ReadonlyArray<[string, RegenerateOptions | readonly string[] | undefined, object]> = [
    ['nothing', undefined, {}],
    ['{ keep: true }', { keep: true }, { userId: 'ann', cart: ['hat'], theme: 'dark' }],
    ["{ keep: ['cart'] }", { keep: ['cart'] }, { cart: ['hat'] }],
    ["['cart']", ['cart'], { cart: ['hat'] }],
    ["{ keep: ['cart', 'none'] }", { keep: ['cart', 'none'] }, { cart: ['hat'] }],
    ['{ keep: [] }', { keep: [] }, {}],
  ]

  test.each(KEEPS)(
    'with %s gives a new id and carries over no more than that [P5] [C04]',
    async (_name, options, carried) => {
      const { browser, thief, memory, oldId } = await ann()
      await browser.request(async (session) => {
        await Reflect.apply(session.regenerate, session, [options])
        expect(session.toJSON()).toEqual(carried)
        expect(session.id).not.toBe(oldId)
        session.role = 'new'
      })
      const { session } = await browser.arrive()
      expect(session.id).not.toBe(oldId)
      expect(session.toJSON()).toEqual({ ...carried, role: 'new' })
      expect(memory.get(oldId)).toBeNull()
      expect(memory.count()).toBe(1)
      expect(await thief.look()).toEqual({})
    },
  )

  test('makes the id it shows the one that is saved [P5]', async () => {
    const { browser } = await ann()
    let shown = ''
    await browser.request(async (session) => {
      await session.regenerate({ keep: true })
      shown = session.id
    })
    expect((await browser.arrive()).session.id).toBe(shown)
  })

  test('does not make a session live longer by keeping its data; a sign-in does [P5] [P8] [C31] [C32]', async () => {
    const { browser, clock } = await ann()
    const { createdAt } = (await browser.arrive()).session
    clock.advance('1h')
    await browser.request((session) => session.regenerate({ keep: true }))
    expect((await browser.arrive()).session.createdAt).toBe(createdAt)
    await browser.request((session) => session.set('userId', 'bob'))
    expect((await browser.arrive()).session.createdAt).toBe(clock.now())
  })

  test('after the headers have gone is refused, and the session stays as it was [P5]', async () => {
    const { browser, oldId } = await ann()
    const exchange = await browser.arrive()
    expect(exchange.session.theme).toBe('dark')
    await exchange.leave()
    await expect(exchange.session.regenerate()).rejects.toMatchObject({ code: 'ERR_HEADERS_SENT' })
    await exchange.end()
    const { session } = await browser.arrive()
    expect(session.id).toBe(oldId)
    expect(session.toJSON()).toMatchObject({ userId: 'ann', theme: 'dark' })
  })
})

describe('a new user after the headers have gone', () => {
  test('gets no powers under the old id: nothing is saved [P5] [A01]', async () => {
    const { browser, thief, memory, sessions } = await visitor()
    const exchange = await browser.arrive()
    expect(exchange.session.theme).toBe('dark')
    await exchange.leave()
    const log = new EventLog(sessions)
    exchange.session.userId = 'ann'
    await exchange.end()
    expect(memory.listByUser('ann')).toEqual([])
    expect(await thief.look()).toEqual({ cart: ['hat'], theme: 'dark' })
    expect(log.told).toContain('discarded: headers-sent')
  })

  test('gets none where it takes two requests to make one [P5] [A01]', async () => {
    const user = ({ theme, role }: Partial<Data>) => (theme === 'light' && role === 'admin' ? 'root' : null)
    const { browser, thief, memory, sessions } = await visitor({ user })
    const [slow, quick] = [await browser.arrive(), await browser.arrive()]
    expect([slow.session.theme, quick.session.theme]).toEqual(['dark', 'dark'])
    await slow.leave()
    const log = new EventLog(sessions)
    quick.session.role = 'admin'
    await quick.leave()
    slow.session.theme = 'light'
    await slow.end()
    expect(memory.listByUser('root')).toEqual([])
    expect(await thief.look()).toEqual({ cart: ['hat'], theme: 'dark', role: 'admin' })
    expect(log.told).toContain('discarded: headers-sent')
  })

  test('gets none by update() either [P5] [A01]', async () => {
    const { browser, thief, memory } = await visitor()
    const exchange = await browser.arrive()
    expect(exchange.session.theme).toBe('dark')
    await exchange.leave()
    const saved = await exchange.session.update((draft) => void Object.assign(draft, { userId: 'ann' }))
    expect(saved).toBe(false)
    expect(memory.listByUser('ann')).toEqual([])
    expect(await thief.look()).toEqual({ cart: ['hat'], theme: 'dark' })
  })
})

describe('a sign-in whose new cookie would reach nobody', () => {
  const ANSWERS = ['begun', 'unheard'] as const

  test.each(ANSWERS)(
    'moves nothing, where the answer is %s: the visitor keeps the session [P5]',
    async (answer) => {
      const { browser, sessions, memory } = await visitor()
      const events = new EventLog(sessions)
      const { passage, session } = await browser.arrive()
      passage.follow({ sessionReplaced() {}, answerState: () => answer })
      session.userId = 'ann'
      expect(await passage.commit()).toBeNull()
      expect(events.told).toContain('discarded: headers-sent')
      expect(await sessions.user('ann').list()).toEqual([])
      expect(memory.size).toBe(1)
      expect(await browser.look()).toEqual({ cart: ['hat'], theme: 'dark' })
    },
  )

  test.each(ANSWERS)('by update() moves nothing, where the answer is %s [P5]', async (answer) => {
    const { browser, sessions, memory } = await visitor()
    const { passage, session } = await browser.arrive()
    passage.follow({ sessionReplaced() {}, answerState: () => answer })
    const updated = await session.update((draft) => {
      draft.userId = 'ann'
    })
    expect(updated).toBe(false)
    expect(await passage.commit()).toBeNull()
    expect(await sessions.user('ann').list()).toEqual([])
    expect(memory.size).toBe(1)
  })

  test('is saved where nothing has left yet [P5]', async () => {
    const { browser, sessions } = await visitor()
    const { passage, session } = await browser.arrive()
    passage.follow({ sessionReplaced() {}, answerState: () => 'open' })
    session.userId = 'ann'
    expect((await passage.commit())?.setCookie).toEqual(expect.any(String))
    expect(await sessions.user('ann').list()).toHaveLength(1)
  })
})
