import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import { createSessions } from '../../src/core/sessions.ts'
import { SECRET } from '../engine/start.ts'

describe('[A30] injection through ids', () => {
  test.each(['../../etc/passwd', '*', 'a\nb', '', 'sess:1', 'é'.repeat(43), 'A'.repeat(44)])(
    'revoke(%j) does not reach the store [A30]',
    async (id) => {
      const asked: string[] = []
      const store = {
        get: (key: string): SessionRecord | null => {
          asked.push(key)
          return null
        },
        set: (key: string): void => void asked.push(key),
        destroy: (key: string): void => void asked.push(key),
        create: (): boolean => true,
        replace: () => 'missing' as const,
        touch: (): boolean => false,
      }
      await createSessions({ secret: SECRET, store }).revoke(id)
      expect(asked).toEqual([])
    },
  )
})
