import { expect, test } from 'vitest'
import { keyInJson } from '../../src/core/json-key.ts'
import { spellingsOf } from '../engine/spellings.ts'

test.each(['__proto__', 'constructor'])(
  'the key %s is found whichever of its characters are escapes [A12]',
  (key) => {
    const pattern = keyInJson('__proto__', 'constructor')
    for (const spelt of spellingsOf(key)) {
      for (const text of [`{"${spelt}":1}`, `{"a":[{"b":1,"${spelt}" \n\r\t: {}}]}`]) {
        expect(Object.keys(JSON.parse(`{"${spelt}":1}`))).toEqual([key])
        expect(pattern.test(text), text).toBe(true)
      }
    }
  },
)

test.each([
  '{"a":"__proto__"}',
  '{"a":["__proto__","b"]}',
  '{"a":"\\u0001"}',
  '{"a":"\\u005f\\u0070"}',
  '{"a":"\\\\u005f_proto__"}',
  '{"a":"\\"__proto__\\":"}',
  '{"__proto":1,"proto__":2,"__PROTO__":3,"___proto__":4,"__proto___":5}',
  '{"\\\\u005f_proto__":1}',
])('the key __proto__ is not found in %s, which has none', (text) => {
  expect(JSON.parse(text)).toBeTypeOf('object')
  expect(keyInJson('__proto__').test(text)).toBe(false)
})
