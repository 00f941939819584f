import { expect, test } from 'vitest'
import { PlainHeaders } from '../../src/app/plain-headers.ts'

test('plain headers are a record, which a server can pass on as it is', () => {
  const headers = new PlainHeaders()
  headers.set('vary', 'Origin')
  headers.set('vary', 'Cookie')
  headers.set('expires', '0')
  headers.remove(new Set(['expires']))
  headers.remove(new Set(['missing']))
  expect(headers.record).toEqual({ vary: 'Cookie' })
  expect([headers.get('vary'), headers.get('expires')]).toEqual(['Cookie', undefined])
})

test('plain headers refuse several lines of one header, which would be one with commas', () => {
  const headers = new PlainHeaders()
  expect(() => headers.set('set-cookie', ['a=1', 'b=2'])).toThrow(TypeError)
  expect(headers.record).toEqual({})
})
