import { describe, expect, test } from 'vitest'
import { isSessionError } from '../../src/core/errors.ts'
import { ConnectSessionStore } from '../../src/stores/connect.ts'
import { D1SessionStore } from '../../src/stores/d1.ts'
import { DynamoDbSessionStore } from '../../src/stores/dynamodb.ts'
import { LibsqlSessionStore } from '../../src/stores/libsql.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { MysqlSessionStore } from '../../src/stores/mysql.ts'
import { invalidOption } from '../../src/stores/options.ts'
import { PostgresSessionStore } from '../../src/stores/postgres.ts'
import { RedisSessionStore } from '../../src/stores/redis.ts'
import { SqliteSessionStore } from '../../src/stores/sqlite.ts'
import { UnstorageSessionStore } from '../../src/stores/unstorage.ts'

test.each<[unknown, string]>([
  ['100', "the text '100'"],
  ['', "the text ''"],
  ['x'.repeat(90), `the text '${'x'.repeat(40)}…'`],
  ['one line\n[error] another', "the text 'one line%0A[error] another'"],
  [100, '100'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [undefined, 'undefined'],
  [null, 'null'],
  [true, 'true'],
  [{ password: 'secret' }, 'an object'],
])('an option of %o is refused as %s [P12]', (received, shown) => {
  const error = invalidOption('SomeStore', 'size', 'a number', received)
  expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
  expect(error.message).toBe(
    `SomeStore: the option size cannot be used. Expected a number, received ${shown}.`,
  )
})

describe.each([
  [MemorySessionStore, []],
  [SqliteSessionStore, [':memory:']],
  [D1SessionStore, [{ prepare() {}, batch() {}, exec() {} }]],
  [LibsqlSessionStore, [{ execute() {}, batch() {}, executeMultiple() {}, sync() {} }]],
  [ConnectSessionStore, [{ get() {}, set() {}, destroy() {} }]],
  [RedisSessionStore, [{ sendCommand() {}, multi() {}, on() {} }]],
  [PostgresSessionStore, [{ query() {}, on() {}, removeListener() {} }]],
  [MysqlSessionStore, [{ query() {}, execute() {} }]],
  [
    DynamoDbSessionStore,
    [{ getItem() {}, putItem() {}, updateItem() {}, deleteItem() {}, query() {}, scan() {} }],
  ],
  [UnstorageSessionStore, [{ getItem() {}, setItem() {}, removeItem() {}, getKeys() {} }]],
])('%o', (Store, before) => {
  test.each([
    ['null', null],
    ['a number', 50_000],
    ['an array', []],
    ['a string', 'secret://'],
    ['a function', () => {}],
    ['a symbol', Symbol('x')],
    ['a promise, which is to be awaited first', Promise.resolve({})],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
    ['a String', Object('')],
  ])('refuses %s as options [P12]', (received, options) => {
    expect(() => Reflect.construct(Store, [...before, options])).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_INVALID',
        message: `${Store.name} takes its options as an object of names and values, received ${received}.`,
      }),
    )
  })
})
