import { createHmac } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { KeyRing } from '../../src/core/key-ring.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const TEXT = bytes('text')
const FIRST = 'first-secret-0123456789-abcdefghijklm'
const SECOND = 'second-secret-0123456789-abcdefghijkl'
const THIRD = 'third-secret-0123456789-abcdefghijklm'

describe('a key ring', () => {
  test('signs with the first secret: HMAC-SHA-256, base64url [C60] [C63]', () => {
    const expected = createHmac('sha256', FIRST).update('text').digest('base64url')
    expect(new KeyRing(FIRST, 'secret').sign(TEXT)).toBe(expected)
    expect(new KeyRing([FIRST, SECOND], 'secret').sign(TEXT)).toBe(expected)
  })

  test('verifies with all of them and tells the first from the others [A20] [C63]', () => {
    const ring = new KeyRing([FIRST, SECOND, undefined, THIRD], 'secret')
    const signed = (secret: string): Uint8Array => bytes(new KeyRing(secret, 'secret').sign(TEXT))
    expect(ring.verify(TEXT, signed(FIRST))).toBe('current')
    expect(ring.verify(TEXT, signed(SECOND))).toBe('older')
    expect(ring.verify(TEXT, signed(THIRD))).toBe('older')
    expect(ring.verify(bytes('other'), signed(FIRST))).toBeNull()
    expect(ring.verify(TEXT, signed(`${FIRST}x`))).toBeNull()
  })

  test.each(['', 'A', 'A'.repeat(42), 'A'.repeat(44), '\0'.repeat(43)])(
    'takes the signature %j for none, without a throw [A06] [C61]',
    (signature) => expect(new KeyRing([FIRST, SECOND], 'secret').verify(TEXT, bytes(signature))).toBeNull(),
  )

  test('takes a secret by its UTF-8 bytes', () => {
    const secret = 'ein Schlüssel mit Ümlauten, 32 Zeichen lang'
    const expected = createHmac('sha256', Buffer.from(secret, 'utf8')).update('text').digest('base64url')
    expect(new KeyRing(secret, 'secret').sign(TEXT)).toBe(expected)
  })

  test('shows none of its secrets, however it is printed [A28]', () => {
    const ring = new KeyRing([FIRST, SECOND], 'secret')
    for (const shown of [inspect(ring, { showHidden: true, depth: 9 }), JSON.stringify(ring), String(ring)]) {
      expect(shown).not.toContain(FIRST)
      expect(shown).not.toContain(SECOND)
      expect(shown).not.toContain(Buffer.from(FIRST).toString('base64'))
    }
  })

  test('names the option and the place of a secret it refuses [P12]', () => {
    expect(() => new KeyRing(['short', SECOND], 'sessionSecret')).toThrow(
      /^sessionSecret\[0\] has 5 characters/,
    )
    expect(() => new KeyRing([FIRST, 'a'.repeat(40)], 'secret')).toThrow(/^secret\[1\] repeats/)
  })
})
