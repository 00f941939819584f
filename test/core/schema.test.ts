import { setImmediate } from 'node:timers/promises'
import * as valibot from 'valibot'
import { describe, expect, test } from 'vitest'
import * as zod from 'zod'
import { start } from '../engine/start.ts'

const zodCart = zod.object({
  userId: zod.string().optional(),
  cart: zod.array(zod.string()).default([]),
  visits: zod.number().optional(),
})
const zodUser = zod.object({ userId: zod.string(), cart: zod.array(zod.string()) })
const valibotUser = valibot.object({ userId: valibot.string(), cart: valibot.array(valibot.string()) })

describe.each([
  ['zod', zodUser],
  ['valibot', valibotUser],
])('a schema of %s', (_library, schema) => {
  test('refuses an update() that does not fit, and saves nothing', async () => {
    const { browser } = start({ schema })
    await browser.request((session) => {
      session.userId = 'ann'
      session.cart = []
    })
    await browser.request(async (session) => {
      const failing = session.update((draft) => {
        Object.assign(draft, { cart: 'not a list' })
      })
      await expect(failing).rejects.toMatchObject({ code: 'ERR_DATA_INVALID' })
    })
    expect(await browser.look()).toEqual({ userId: 'ann', cart: [] })
  })

  test('refuses a regenerate() that keeps too little to fit, and the old session lives on', async () => {
    const { browser } = start({ schema })
    await browser.request((session) => {
      session.userId = 'ann'
      session.cart = ['hat']
    })
    const failing = browser.request((session) => session.regenerate({ keep: ['cart'] }))
    await expect(failing).rejects.toMatchObject({ code: 'ERR_DATA_INVALID' })
    expect(await browser.look()).toEqual({ userId: 'ann', cart: ['hat'] })
  })
})

describe('a schema with defaults', () => {
  test('they are still there after update()', async () => {
    const { browser } = start({ schema: zodCart })
    await browser.request((session) => {
      session.userId = 'ann'
    })
    await browser.request(async (session) => {
      expect(session.cart).toEqual([])
      await session.update((draft) => {
        draft.visits = 1
      })
      expect(session.cart).toEqual([])
    })
  })

  test('they are still there after a save that met a conflict', async () => {
    const { browser } = start({ schema: zodCart })
    await browser.request((session) => {
      session.userId = 'ann'
    })
    const slow = await browser.arrive()
    await browser.request((session) => {
      session.visits = 1
    })
    slow.session.set('cart', [])
    delete slow.session.cart
    slow.session.cart = ['hat']
    await slow.session.save()
    expect(slow.session.toJSON()).toEqual({ userId: 'ann', visits: 1, cart: ['hat'] })
    const third = await browser.arrive()
    await browser.request((session) => {
      session.cart = undefined
    })
    third.session.visits = 2
    await third.session.save()
    expect(third.session.cart).toEqual([])
  })
})

describe('a schema that takes its time', () => {
  const slow = zod
    .object({ userId: zod.string().optional(), a: zod.number().optional() })
    .refine(async () => {
      await setImmediate()
      return true
    })

  test('clear() while it is asked ends the session all the same [P5]', async () => {
    const { browser, memory } = start({ schema: slow })
    await browser.request((session) => {
      session.userId = 'ann'
    })
    const seen: string[] = []
    await browser.request(async (session) => {
      session.a = 1
      const saving = session.save()
      session.clear()
      await saving
      seen.push(...memory.entries().records.map((record) => record.data))
    })
    expect(memory.count()).toBe(0)
    expect(await browser.look()).toEqual({})
    // Under whatever id: data the handler had wiped is not written again.
    expect(seen.filter((data) => data.includes('"a"'))).toEqual([])
  })

  test('a user set while it is asked is saved together with its data [P5]', async () => {
    const { browser, memory } = start({ schema: slow })
    await browser.request((session) => {
      session.a = 1
    })
    const attacker = browser.copy()
    await browser.request(async (session) => {
      session.a = 2
      const saving = session.save()
      session.userId = 'ann'
      await saving
      for (const { data, user } of memory.entries().records) {
        expect(user).toBe(JSON.parse(data).userId)
      }
    })
    expect(await attacker.look()).toEqual({})
    expect(await browser.look()).toEqual({ a: 2, userId: 'ann' })
  })
})
