import { describe, expect, test } from 'vitest'
import * as zod from 'zod'
import type { Session } from '../../src/core/session.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { start, startBeside, startHeld, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  pending: string
  cart: string[]
}

type End = (session: Session<Data>) => unknown

const ENDS: ReadonlyArray<[string, End]> = [
  ['destroy()', (session) => session.destroy()],
  ['clear()', (session) => session.clear()],
]
const LOSSES: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
  [
    'a sign-in',
    async (session) => {
      session.userId = 'ann'
      await session.save()
    },
  ],
  [
    'a sign-in by update()',
    (session) => session.update((draft) => void Object.assign(draft, { userId: 'ann' })),
  ],
]

describe.each(LOSSES)('when %s came too late for its cookie', (_loss, lose) => {
  test.each(ENDS)('%s ends the record all the same, and its ticket is dead [P4]', async (_end, end) => {
    const { browser, memory, sessions } = startLater<Data>()
    await browser.request((session) => session.set('pending', 'ann'))
    const exchange = await browser.arrive()
    expect(exchange.session.pending).toBe('ann')
    await exchange.leave()
    await lose(exchange.session)
    const log = new EventLog(sessions)
    await end(exchange.session)
    await exchange.end()
    expect(log.told).toEqual(['destroyed'])
    expect(memory.count()).toBe(0)
    expect(await browser.look()).toEqual({})
  })
})

describe('a record that is not let in', () => {
  const schema = zod.object({ userId: zod.string().optional(), theme: zod.string() })

  test.each(ENDS)('is ended by %s, for those too who let it in [P4]', async (_end, end) => {
    const elsewhere = start<Data>()
    await elsewhere.browser.request((session) => session.set('userId', 'ann'))
    const strict = start({ store: elsewhere.memory, schema })
    const browser = new Browser(strict.sessions, elsewhere.browser.ticket)
    const log = new EventLog(strict.sessions)
    const goodbye = await browser.request((session) => end(Object(session)))
    expect(goodbye.clearsCookie).toBe(true)
    expect(log.told).toEqual(['missed: invalid', 'destroyed'])
    expect(await elsewhere.browser.look()).toEqual({})
  })

  test('is left as it is by who does not end it', async () => {
    const elsewhere = start<Data>()
    await elsewhere.browser.request((session) => session.set('userId', 'ann'))
    const strict = start({ store: elsewhere.memory, schema })
    const browser = new Browser(strict.sessions, elsewhere.browser.ticket)
    expect(await browser.look()).toEqual({})
    await browser.request((session) => session.reload())
    expect(await elsewhere.browser.look()).toEqual({ userId: 'ann' })
  })

  test('is ended after a reload(), too [P4]', async () => {
    const elsewhere = start<Data>()
    await elsewhere.browser.request((session) => session.set('userId', 'ann'))
    const strict = start({ store: elsewhere.memory, schema })
    const here = await new Browser(strict.sessions, elsewhere.browser.ticket).arrive()
    await here.session.reload()
    await here.session.destroy()
    expect(await elsewhere.browser.look()).toEqual({})
  })
})

test('a record that is no longer let in at a reload() is ended by destroy() [P4]', async () => {
  const started = start({ schema: zod.object({ theme: zod.string().max(4) }) })
  await started.browser.request((session) => session.set('theme', 'dark'))
  const loose = new Browser(startBeside<{ theme: string }>(started), started.browser.ticket)
  const here = await started.browser.arrive()
  expect(here.session.theme).toBe('dark')
  await loose.request((session) => session.set('theme', 'light'))
  await here.session.reload()
  expect(here.session.toJSON()).toEqual({})
  await here.session.destroy()
  expect(await loose.look()).toEqual({})
})

test('an old id is dead where the new one was revoked while others wrote the old one [P5]', async () => {
  const started = startHeld<Data>()
  const { browser, clock, memory, sessions, store } = started
  await browser.request((session) => session.set('userId', 'ann'))
  const beside = startBeside<Data>(started)
  const old = browser.copy()
  clock.advance('1s')
  const gate = store.hold('replace')
  const moving = browser.request((session) => session.regenerate({ keep: true }))
  await gate.reached
  await new Browser(beside, old.ticket).request((session) => session.set('cart', ['book']))
  const [kept] = memory.listByUser('ann').filter(({ data }) => data.includes('book'))
  await beside.user('ann').revoke({ except: kept?.id ?? '' })
  const log = new EventLog(sessions)
  gate.release()
  const answer = await moving
  expect(answer.setCookie).toBe(null)
  expect(log.told).toContain('discarded: gone')
  expect(memory.count()).toBe(0)
  expect(await old.look()).toEqual({})
})
