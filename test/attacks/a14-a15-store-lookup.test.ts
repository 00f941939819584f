import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { Browser } from '../engine/browser.ts'
import { MapStore } from '../engine/map-store.ts'
import { start, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  email: string
}

describe('[A14] timing on lookup', () => {
  test('the store is asked by a hash of the token, so that no guess at the token is a prefix of its key [A14] [P6]', async () => {
    const asked: string[] = []
    const { browser, sessions } = startOn<Data, SessionStore>((memory) =>
      Object.assign(Object.create(memory), {
        get: (id: string): SessionRecord | null => {
          asked.push(id)
          return memory.get(id)
        },
        set: memory.set.bind(memory),
        destroy: memory.destroy.bind(memory),
        create: memory.create.bind(memory),
        replace: memory.replace.bind(memory),
        touch: memory.touch.bind(memory),
        onEvict: undefined,
      }),
    )
    for (let login = 0; login < 50; login++) {
      const visitor = new Browser<Data>(sessions)
      await visitor.request((session) => session.set('userId', `user${login}`))
      await visitor.look()
      const [token = ''] = (visitor.ticket ?? '').split('.')
      const key = asked.at(-1) ?? ''
      expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/)
      expect(key).not.toBe(token)
      expect(key.slice(0, 4)).not.toBe(token.slice(0, 4))
    }
    expect(asked).toHaveLength(50)
    expect(await browser.look()).toEqual({})
  })
})

describe('[A15] a leaked store', () => {
  test('of 100 logins holds no cookie, token or signature, and no key of it is a cookie [A15] [P6]', async () => {
    const { sessions, store } = startOn<Data, MapStore>(() => new MapStore())
    const browsers: Browser<Data>[] = []
    for (let login = 0; login < 100; login++) {
      const browser = new Browser<Data>(sessions)
      await browser.request((session) => session.set('userId', `user${login}`))
      browsers.push(browser)
    }
    const dump = JSON.stringify([...store.records])
    for (const { ticket } of browsers) {
      const [token = '', signature = ''] = (ticket ?? '').split('.')
      expect(dump.includes(token)).toBe(false)
      expect(dump.includes(signature)).toBe(false)
    }
    for (const [key] of store.records) {
      for (const value of [key, `${key}.${key}`, `${key}.`]) {
        expect(await new Browser(sessions, value).look()).toEqual({})
      }
    }
  })

  test('and a cookie tells nothing of the data, nor of how much there is [A15] [C05]', async () => {
    const { browser } = start<Data>()
    const lengths = new Set<number>()
    for (const email of ['', 'ann@example.com', 'x'.repeat(10_000)]) {
      await browser.request(async (session) => {
        await session.regenerate()
        session.email = email
        session.userId = `user-${email.length}`
      })
      lengths.add(browser.ticket?.length ?? 0)
      for (const encoding of ['base64url', 'hex', 'latin1'] as const) {
        expect(Buffer.from(browser.ticket ?? '', encoding).toString('utf8')).not.toContain('ann@')
      }
    }
    expect(lengths.size).toBe(1)
  })
})
