import { describe, expect, test } from 'vitest'
import { parseJsonBody } from '../../src/app/json-body.ts'
import { spellingsOf } from '../engine/spellings.ts'

describe('keys that reach for the prototype [C70]', () => {
  test('are left out, whichever of the characters of __proto__ are escapes', () => {
    for (const spelt of spellingsOf('__proto__')) {
      const body = parseJsonBody(`{"${spelt}":{"admin":true},"a":[{"b":{"${spelt}":{"admin":true}}}]}`)
      expect(JSON.stringify(body), spelt).toBe('{"a":[{"b":{}}]}')
    }
  })

  test.each(['constructor', 'prototype'])(
    'are left out, whichever of the characters of %s are escapes',
    (key) => {
      for (const spelt of spellingsOf(key)) {
        const hostile = '{"constructor":{"prototype":{"admin":true}},"a":1}'.replace(key, () => spelt)
        expect(JSON.stringify(parseJsonBody(hostile)), spelt).toBe('{"a":1}')
      }
    },
  )
})

test.each(['\\u0001', '\\u00e9', '__proto__', 'constructor'])(
  'a body takes no longer when a text in it is %s',
  (text) => {
    const list = JSON.stringify(Array.from({ length: 8_000 }, () => 1))
    const shortest = (name: string): number => {
      const times = Array.from({ length: 10 }, () => {
        const began = performance.now()
        parseJsonBody(`{"name":"${name}","list":${list}}`)
        return performance.now() - began
      })
      return Math.min(...times)
    }
    expect(shortest(text)).toBeLessThan(4 * shortest('Ada'))
  },
)

test.each(['__proto__', 'constructor'])('a body takes little longer when it has the key %s', (key) => {
  const shortest = (name: string): number => {
    const text = `{"${name}":1,"list":[${'1,'.repeat(30_000)}1]}`
    const times = Array.from({ length: 10 }, () => {
      const began = performance.now()
      parseJsonBody(text)
      return performance.now() - began
    })
    return Math.min(...times)
  }
  expect(shortest(key)).toBeLessThan(5 * shortest('name'))
})

test('the keys are left out however deep they are, and however much stands beside them', () => {
  const hostile = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"a":1}'
  const deep = parseJsonBody(`${'['.repeat(200_000)}${hostile}${']'.repeat(200_000)}`)
  let inner: unknown = deep
  while (Array.isArray(inner)) inner = inner[0]
  expect(JSON.stringify(inner)).toBe('{"a":1}')
  const wide = parseJsonBody(`[${`${hostile},`.repeat(10_000)}${'{},'.repeat(290_000)}${hostile}]`)
  expect(JSON.stringify(wide)).toBe(`[${'{"a":1},'.repeat(10_000)}${'{},'.repeat(290_000)}{"a":1}]`)
})

test('a constructor without a prototype stays, without what else reaches for one', () => {
  const body =
    '{"constructor":{"name":"Ford","__proto__":1,"constructor":{"prototype":1}},"a":{"constructor":"Opel"}}'
  expect(JSON.stringify(parseJsonBody(body))).toBe(
    '{"constructor":{"name":"Ford"},"a":{"constructor":"Opel"}}',
  )
  expect(JSON.stringify(parseJsonBody('[{"prototype":1},[{"constructor":[]}]]'))).toBe(
    '[{"prototype":1},[{"constructor":[]}]]',
  )
})
