import { expect, test } from 'vitest'
import { startFaulty } from '../engine/start.ts'

test('a storeTimeout longer than a timer can count does not end every wait at once', async () => {
  const { browser, store } = startFaulty<{ a: number }>({ storeTimeout: '30d' })
  store.delay('create', 30)
  await browser.request((session) => {
    session.a = 1
  })
  expect(await browser.look()).toEqual({ a: 1 })
})

test('updates that queue for one session on a stalled store all fail within one bounded wait [P11]', async () => {
  const { browser, store } = startFaulty<{ n: number }>({ storeTimeout: 40 })
  await browser.request((session) => {
    session.n = 0
  })
  const waiting = await Promise.all(Array.from({ length: 20 }, () => browser.arrive()))
  store.stall('get')
  const began = performance.now()
  const outcomes = await Promise.allSettled(
    waiting.map(({ session }) =>
      session.update((draft) => {
        draft.n = (draft.n ?? 0) + 1
      }),
    ),
  )
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  // One after the other they would take 20 timeouts, 800 ms.
  expect(performance.now() - began).toBeLessThan(400)
})

test('a first save whose answer was lost can be repeated in the same request [P11]', async () => {
  const { browser, store } = startFaulty<{ a: number }>()
  await browser.request(async (session) => {
    session.a = 1
    store.fail('create', { nth: 1, when: 'after' })
    await expect(session.save()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: true })
    await session.save()
  })
  expect(await browser.look()).toEqual({ a: 1 })
})

test('a change of id that failed half way can be repeated in the same request [P5] [P11]', async () => {
  const { browser, memory, store } = startFaulty<{ a: number; userId: string }>()
  await browser.request((session) => {
    session.a = 1
  })
  await browser.request(async (session) => {
    session.userId = 'ann'
    store.fail('replace', { nth: 1 })
    await expect(session.save()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', retryable: true })
    await session.save()
  })
  expect(await browser.look()).toEqual({ a: 1, userId: 'ann' })
  expect(memory.count()).toBe(1)
})
