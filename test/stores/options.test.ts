import { expect, test } from 'vitest'
import { isSessionError } from '../../src/core/errors.ts'
import { invalidOption } from '../../src/stores/options.ts'

test.each<[unknown, string]>([
  ['100', "the text '100'"],
  ['', "the text ''"],
  ['x'.repeat(90), `the text '${'x'.repeat(40)}'`],
  [100, '100'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [undefined, 'undefined'],
  [null, 'null'],
  [true, 'boolean'],
  [{ password: 'secret' }, 'object'],
])('an option of %o is refused as %s [P12]', (received, shown) => {
  const error = invalidOption('SomeStore', 'size', 'a number', received)
  expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
  expect(error.message).toBe(
    `SomeStore: the option size cannot be used. Expected a number, received ${shown}.`,
  )
})
