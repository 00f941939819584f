import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import { createSessions } from '../../src/core/sessions.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { Browser } from '../engine/browser.ts'
import { SECRET } from '../engine/start.ts'

/** A store that is never asked for anything but writes down by which keys it would be. */
function listening(): { store: SessionStore; asked: string[] } {
  const asked: string[] = []
  const store = {
    get: (key: string): SessionRecord | null => {
      asked.push(key)
      return null
    },
    set: (key: string): void => void asked.push(key),
    destroy: (key: string): void => void asked.push(key),
    create: (key: string): boolean => asked.push(key) > 0,
    replace: (key: string) => {
      asked.push(key)
      return 'missing' as const
    },
    touch: (key: string): boolean => asked.push(key) < 0,
  }
  return { store, asked }
}

const HOSTILE = [
  '../../etc/passwd',
  '*',
  'a\nb',
  '',
  'sess:1',
  'é'.repeat(43),
  'A'.repeat(44),
  'A'.repeat(42),
  `${'A'.repeat(42)}*`,
  `${'A'.repeat(42)}%`,
  `${'A'.repeat(43)}\n`,
  "' OR 1=1 --",
  '{"$ne":null}',
  '\0',
]

describe('[A30] injection through ids', () => {
  test.each(HOSTILE)('revoke(%j) does not reach the store [A30]', async (id) => {
    const { store, asked } = listening()
    await createSessions({ secret: SECRET, store }).revoke(id)
    expect(asked).toEqual([])
  })

  test.each([undefined, null, 5, {}, ['A'.repeat(43)], { toString: () => 'A'.repeat(43) }])(
    'revoke(%j), which is no text, is an error and does not reach the store [A30] [C72]',
    async (id) => {
      const { store, asked } = listening()
      const sessions = createSessions({ secret: SECRET, store })
      const revoked = Reflect.apply(sessions.revoke, sessions, [id])
      await expect(revoked).rejects.toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }))
      expect(asked).toEqual([])
    },
  )

  test.each(HOSTILE)('a cookie of %j does not reach the store [A30]', async (value) => {
    const { store, asked } = listening()
    const sessions = createSessions<{ a: number }>({ secret: SECRET, store })
    const visitor = new Browser<{ a: number }>(sessions, value)
    expect(await visitor.look()).toEqual({})
    const forged = new Browser<{ a: number }>(sessions, `${value}.${'A'.repeat(43)}`)
    expect(await forged.look()).toEqual({})
    expect(asked).toEqual([])
  })

  test('whatever a visitor does, keys are 43 characters of one alphabet [A30] [P6]', async () => {
    const { store, asked } = listening()
    const sessions = createSessions<{ a: number }>({ secret: SECRET, store })
    for (let visit = 0; visit < 200; visit++) {
      const browser = new Browser<{ a: number }>(sessions)
      await browser.request((session) => session.set('a', visit))
      await browser.look()
      await browser.request((session) => session.destroy())
    }
    expect(asked.length).toBeGreaterThanOrEqual(400)
    for (const key of asked) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })
})
