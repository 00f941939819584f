import { describe, expect, test } from 'vitest'
import type { MemorySessionStore } from '../../src/stores/memory.ts'
import { settle } from '../engine/later-store.ts'
import { start, startFaulty, startLater, startOn } from '../engine/start.ts'

const INVALID = expect.objectContaining({ name: 'ConfigError', code: 'ERR_CONFIG_INVALID' })

/** Calls a method as JavaScript does, with arguments no type checker has seen. */
function call(target: object, method: string, ...args: unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, method), target, args)
}

describe('a call with arguments that no type checker has seen', () => {
  test.each([
    [{ keep: 'cart' }],
    [{ keep: false }],
    [{ keep: [1] }],
    [{ kept: ['cart'] }],
    ['cart'],
    [5],
    [new Set(['cart'])],
    [Promise.resolve({ keep: true })],
  ])('regenerate(%o) is refused and changes nothing', async (options) => {
    const { browser } = start<{ cart: string[] }>()
    await browser.request((session) => session.set('cart', ['hat']))
    await browser.request(async (session) => {
      const { id } = session
      await expect(call(session, 'regenerate', options)).rejects.toThrow(INVALID)
      expect(session.id).toBe(id)
    })
    expect(await browser.look()).toEqual({ cart: ['hat'] })
  })

  test.each([[undefined], [{}], [{ keep: undefined }], [[]]])(
    'regenerate(%j) keeps nothing',
    async (options) => {
      const { browser } = start<{ cart: string[] }>()
      await browser.request((session) => session.set('cart', ['hat']))
      await browser.request((session) => call(session, 'regenerate', options))
      expect(await browser.look()).toEqual({})
    },
  )

  test.each([[undefined], [{ count: 1 }], ['count']])(
    'update(%j) is refused before the store is asked, and changes nothing',
    async (change) => {
      const { browser, store } = startFaulty<{ count: number }>()
      await browser.request((session) => session.set('count', 1))
      await browser.request(async (session) => {
        const asked = { ...store.calls }
        await expect(call(session, 'update', change)).rejects.toThrow(INVALID)
        expect(store.calls).toEqual(asked)
      })
      expect(await browser.look()).toEqual({ count: 1 })
    },
  )

  test.each([[{}], [['sid=x']], [{ sid: 'x' }], [7]])(
    'a request whose cookies somebody has parsed already, to %j, is refused [C72]',
    async (cookie) => {
      const { sessions } = startLater()
      const request = { headers: { cookie } }
      await expect(Promise.resolve().then(() => call(sessions, 'open', request))).rejects.toThrow(INVALID)
      await expect(call(sessions, 'read', request)).rejects.toThrow(INVALID)
    },
  )

  test.each([[{}], [[]], [{ headers: undefined }], [{ headers: null }]])(
    'a request without headers, %j, is refused',
    async (request) => {
      for (const { sessions } of [start(), startLater()]) {
        await expect(Promise.resolve().then(() => call(sessions, 'open', request))).rejects.toThrow(INVALID)
        await expect(call(sessions, 'read', request)).rejects.toThrow(INVALID)
      }
    },
  )

  test('sessions.revoke() of what is no text is refused, since it ends nothing', async () => {
    const { browser, sessions } = start<{ userId: string }>()
    await browser.request(async (session) => {
      session.set('userId', 'ann')
      for (const id of [session, undefined, null, 7, [session.id], { id: session.id }]) {
        await expect(call(sessions, 'revoke', id)).rejects.toThrow(INVALID)
      }
      await expect(call(sessions, 'revoke', 'no id')).resolves.toBeUndefined()
    })
    expect(await browser.look()).toEqual({ userId: 'ann' })
  })

  test('revoke() with a misspelt or unusable option logs nobody out', async () => {
    const { browser, sessions } = start<{ userId: string }>()
    await browser.request((session) => session.set('userId', 'ann'))
    const { id } = (await sessions.user('ann').list())[0] ?? {}
    for (const options of [
      { exept: id },
      { except: 5 },
      { except: {} },
      { except: null },
      id,
      null,
      [],
      [id],
      Promise.resolve({ except: id }),
      new Map([['except', id]]),
    ]) {
      await expect(call(sessions.user('ann'), 'revoke', options)).rejects.toThrow(INVALID)
    }
    expect(await browser.look()).toEqual({ userId: 'ann' })
  })

  test('on() with an unknown event, or no function, is refused', () => {
    const { sessions } = start()
    expect(() => call(sessions, 'on', 'destory', () => {})).toThrow(INVALID)
    expect(() => call(sessions, 'on', 'destroyed')).toThrow(INVALID)
    expect(() => call(sessions, 'on', 'toString', () => {})).toThrow(INVALID)
  })

  test('a property that cannot be deleted again is refused before it is written', async () => {
    const { browser } = start<{ a: number }>()
    const { session } = await browser.arrive()
    const fixed = { value: 1, configurable: false, writable: true, enumerable: true }
    expect(() => Object.defineProperty(session, 'a', fixed)).toThrow(TypeError)
    expect(session.a).toBeUndefined()
  })

  test('a store that answers replace with something else fails at once, and says so', async () => {
    const { browser } = startOn<{ a: number }, MemorySessionStore>((memory) => {
      const replace = memory.replace.bind(memory)
      return Object.assign(memory, {
        replace: (...args: Parameters<typeof replace>) =>
          Reflect.apply(Boolean, undefined, [replace(...args)]),
      })
    })
    await browser.request((session) => session.set('a', 1))
    await expect(browser.request((session) => session.set('a', 2))).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      cause: expect.objectContaining({ message: expect.stringContaining("'written'") }),
    })
    await settle()
  })

  test('the session is printed although it holds what JSON cannot', async () => {
    const { inspect } = await import('node:util')
    const { browser } = start<{ bad: object }>()
    const { session } = await browser.arrive()
    const loop: Record<string, unknown> = { big: 1n }
    loop.loop = loop
    session.bad = loop
    expect(inspect(session)).toContain('[Circular')
  })
})
