import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import type { MemorySessionStore } from '../../src/stores/memory.ts'
import { type FaultyStore, faultyStore } from '../../src/testing/faulty-store.ts'
import { EventLog } from '../engine/event-log.ts'
import { Response } from '../engine/exchange.ts'
import { HeaderMap } from '../engine/header-map.ts'
import { laterStore, settle } from '../engine/later-store.ts'
import { startFaulty, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
}

describe('a request whose commit has failed', () => {
  async function failed() {
    const started = startFaulty<Data>()
    await started.browser.request((session) => session.set('a', 1))
    const exchange = await started.browser.arrive()
    exchange.session.userId = 'ann'
    started.store.fail('create', { nth: 1 })
    await expect(exchange.leave()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    return { ...started, exchange }
  }

  test('makes no new id when it saves again: no cookie of it could leave [P5]', async () => {
    const { browser, exchange, memory, sessions } = await failed()
    expect(exchange.passage.giveUp()).toBeNull()
    const log = new EventLog(sessions)
    await exchange.session.save()
    expect(log.told).toContain('discarded: headers-sent')
    expect(await sessions.user('ann').list()).toEqual([])
    expect(memory.count()).toBe(1)
    expect(await browser.look()).toEqual({ a: 1 })
  })

  test.each([
    ['save()', (session: Session<Data>) => session.save()],
    ['an update()', (session: Session<Data>) => session.update(() => {})],
  ])(
    'makes no new id for %s that waits behind it, and leaves the visitor’s session alone [P2] [P5]',
    async (_what, verb) => {
      const { browser, memory, sessions, store } = startOn<Data, MemorySessionStore & FaultyStore>((inner) =>
        faultyStore(laterStore(inner)),
      )
      await browser.request((session) => session.set('a', 1))
      const exchange = await browser.arrive()
      exchange.session.userId = 'ann'
      store.fail('create', { nth: 1 })
      const leaving = exchange.leave()
      const behind = verb(exchange.session)
      await expect(leaving).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
      await behind
      expect(exchange.passage.giveUp()).toBeNull()
      expect(memory.count()).toBe(1)
      expect(await sessions.user('ann').list()).toEqual([])
      expect(await browser.look()).toEqual({ a: 1 })
    },
  )

  test('hands out the ticket of a session that was begun before, also when a save() waits behind it [P2]', async () => {
    const { browser, store } = startOn<Data, MemorySessionStore & FaultyStore>((inner) =>
      faultyStore(laterStore(inner)),
    )
    const exchange = await browser.arrive()
    exchange.session.a = 1
    await exchange.session.save()
    exchange.session.userId = 'ann'
    store.fail('create', { nth: 1 })
    const leaving = exchange.leave()
    const behind = exchange.session.save()
    await expect(leaving).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    await behind
    browser.receive(new Response(exchange.passage.giveUp(), new HeaderMap()))
    expect(await browser.look()).toEqual({ a: 1 })
  })

  test('says nothing to headers that have left when it fails as the body ends [P2]', async () => {
    const { browser, store } = startFaulty<Data>()
    const exchange = await browser.arrive()
    exchange.session.a = 1
    expect((await exchange.leave()).ticket).not.toBeNull()
    exchange.session.a = 2
    store.fail('replace', { nth: 1 })
    await expect(exchange.end()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    expect(exchange.passage.giveUp()).toBeNull()
  })

  test('saves nothing by itself when its error page looks at the session', async () => {
    const { exchange, store } = await failed()
    exchange.passage.giveUp()
    const before = { ...store.calls }
    exchange.session.a = 7
    await settle()
    expect(store.calls).toEqual(before)
  })
})
