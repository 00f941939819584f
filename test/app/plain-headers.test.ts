import { expect, test } from 'vitest'
import { PlainHeaders } from '../../src/app/plain-headers.ts'

test('plain headers are a record, which a server can pass on as it is', () => {
  const headers = new PlainHeaders()
  headers.set('vary', 'Origin')
  headers.set('vary', 'Cookie')
  headers.set('expires', '0')
  headers.remove(new Set(['expires']))
  headers.remove(new Set(['missing']))
  expect(headers.init).toEqual({ vary: 'Cookie' })
  expect([headers.get('vary'), headers.get('expires')]).toEqual(['Cookie', undefined])
})

test('plain headers keep the lines of a list apart', () => {
  const headers = new PlainHeaders()
  headers.set('vary', 'Cookie')
  headers.set('x-list', ['a'])
  headers.set('x-list', 'b')
  headers.set('set-cookie', ['a=1', 'b=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT'])
  expect(headers.get('set-cookie')).toHaveLength(2)
  const made = new Headers(headers.init)
  expect(made.getSetCookie()).toEqual(['a=1', 'b=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT'])
  expect([made.get('vary'), made.get('x-list')]).toEqual(['Cookie', 'b'])
})
