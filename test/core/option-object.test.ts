import { expect, test } from 'vitest'
import { isOptions, kindOf } from '../../src/core/option-object.ts'

class Settings {
  get path(): string {
    return '/'
  }
}

class Labelled extends Settings {
  get [Symbol.toStringTag](): string {
    return 'Labelled'
  }
}

test.each<[string, unknown]>([
  ['an object', { path: '/' }],
  ['an empty one', {}],
  ['a frozen one', Object.freeze({ path: '/' })],
  ['one without a prototype', Object.create(null)],
  ["an instance of somebody's class", new Settings()],
  ["an instance of somebody's class with a tag of its own", new Labelled()],
  ['one that others stand behind', Object.create(new Settings())],
  ['a proxy', new Proxy({}, {})],
  ['what a module exports', await import('../../src/core/option-object.ts')],
])('%s can hold options', (_what, value) => {
  expect(isOptions(value)).toBe(true)
  expect(kindOf(value)).toBe('an object')
})

test.each<[string, unknown]>([
  ['a promise, which is to be awaited first', Promise.resolve({ path: '/' })],
  ['a promise, which is to be awaited first', (async () => ({ path: '/' }))()],
  ['a Map', new Map([['path', '/']])],
  ['a Map', new (class extends Map {})()],
  ['a Set', new Set(['path'])],
  ['a WeakMap', new WeakMap()],
  ['a WeakSet', new WeakSet()],
  ['a Date', new Date(0)],
  ['a RegExp', /path/],
  ['a String', Object('path')],
  ['a Number', Object(7)],
  ['a Boolean', Object(true)],
  ['a BigInt', Object(7n)],
  ['a Symbol', Object(Symbol('path'))],
  ['a URLSearchParams', new URLSearchParams('path=/')],
  ['a Headers', new Headers({ path: '/' })],
  ['a FormData', new FormData()],
  ['an array', []],
  ['a function', () => ({ path: '/' })],
  ['a string', 'path'],
  ['a number', 7],
  ['null', null],
  ['undefined', undefined],
])('%s cannot hold options', (kind, value) => {
  expect(isOptions(value)).toBe(false)
  expect(kindOf(value)).toBe(kind)
})
