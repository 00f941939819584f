import { createHmac } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SigningKey } from '../../src/core/signing-key.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const anyText = fc.string({ unit: 'grapheme', maxLength: 300 })

test('signs as HMAC-SHA-256 does, whatever the secret and the text [C60]', () => {
  const key = new SigningKey('one key for many texts, long and short')
  fc.assert(
    fc.property(anyText, anyText, (secret, text) => {
      const expected = (of: string): string => createHmac('sha256', of).update(text).digest('base64url')
      expect(new SigningKey(secret).sign(bytes(text))).toBe(expected(secret))
      expect(key.sign(bytes(text))).toBe(expected('one key for many texts, long and short'))
    }),
  )
})

test.each([63, 64, 65, 128])(
  'hashes a secret of %i bytes first only if it is longer than a block',
  (length) => {
    const secret = 'k'.repeat(length)
    expect(new SigningKey(secret).sign(bytes('text'))).toBe(
      createHmac('sha256', secret).update('text').digest('base64url'),
    )
  },
)

test('shows nothing of its secret when it is printed [A28]', () => {
  const shown = inspect(new SigningKey('a secret that is not to be seen'), { showHidden: true, depth: 9 })
  expect(shown).toBe('SigningKey {}')
})
