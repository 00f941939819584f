import { describe, expect, test } from 'vitest'
import { EventLog } from '../engine/event-log.ts'
import { settle } from '../engine/later-store.ts'
import { startFaulty } from '../engine/start.ts'

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
    expect(memory.count()).toBeLessThanOrEqual(1)
    expect((await browser.look()).userId).toBeUndefined()
  })

  test('saves nothing by itself when its error page looks at the session', async () => {
    const { exchange, store } = await failed()
    exchange.passage.giveUp()
    const before = store.calls.replace ?? 0
    exchange.session.a = 7
    await settle()
    expect(store.calls.replace ?? 0).toBe(before)
  })
})
