import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { D1Database, D1DatabaseSession } from '@cloudflare/workers-types'
import BetterSqlite3 from 'better-sqlite3'
import { expect, expectTypeOf, test } from 'vitest'
import { type D1Binding, D1SessionStore } from '../../../src/stores/d1.ts'

function configError(message: string): unknown {
  return expect.objectContaining({
    name: 'ConfigError',
    code: 'ERR_CONFIG_INVALID',
    message: expect.stringContaining(message),
  })
}

function refuse(): never {
  throw new Error('A store that is only made asks its database for nothing.')
}
const untouched = { prepare: refuse, batch: refuse, exec: refuse }

test.each([
  ['an unknown option', { tabel: 'sessions' }, 'has no option tabel'],
  ['an option of another store', { busyTimeout: 1 }, 'has no option busyTimeout'],
  ['a table that is no identifier', { table: 'sessions; DROP TABLE users' }, 'the option table'],
  ['a table with a quote', { table: 'a"b' }, 'the option table'],
  ['a table in a schema', { table: 'main.sessions' }, 'the option table'],
  ['an empty table', { table: '' }, 'the option table'],
  ['a cleanup every no time', { cleanupInterval: 0 }, 'cleanupInterval'],
  ['a cleanup every text', { cleanupInterval: 'often' }, 'cleanupInterval'],
  ['a clock that is no function', { now: 0 }, 'the option now'],
])('%s is refused [P12]', (_what, options, message) => {
  // Reflect: the compiler would refuse most of these already.
  expect(() => Reflect.construct(D1SessionStore, [untouched, options])).toThrow(configError(message))
})

test.each([undefined, null])(
  '%o in the place of a binding is told of as a name that is not set up [P12]',
  (binding) => {
    expect(() => Reflect.construct(D1SessionStore, [binding])).toThrow(configError('under d1_databases'))
  },
)

test('a database of another SQLite is sent to the store for it [P12]', () => {
  const databases = [new DatabaseSync(':memory:'), new BetterSqlite3(':memory:')]
  for (const database of databases) {
    expect(() => Reflect.construct(D1SessionStore, [database])).toThrow(configError('use SqliteSessionStore'))
    database.close()
  }
})

test('a D1 session, which may read from a replica where a session that has ended still lives, is refused [P4] [P12]', () => {
  const session = { prepare: refuse, batch: refuse, getBookmark: refuse }
  expect(() => Reflect.construct(D1SessionStore, [session])).toThrow(configError('without withSession()'))
})

test("by Cloudflare's own types, a D1 session does not compile, and a database does", () => {
  expectTypeOf<D1Database>().toExtend<D1Binding>()
  expectTypeOf<D1DatabaseSession>().not.toExtend<D1Binding>()
})

const stub = new Proxy({}, { get: () => () => {} })

test.each([
  ['a name', 'DB'],
  ['an object', {}],
  ['half a database', { prepare() {} }],
  ['a KV namespace', { get() {}, put() {}, list() {}, delete() {} }],
  ['the stub of a service, which has whatever it is asked for', stub],
])('%s is refused as a database [P12]', (_what, database) => {
  expect(() => Reflect.construct(D1SessionStore, [database])).toThrow(configError('needs a D1 database'))
})

test('a store that is made does nothing before it is used: no I/O, no clock, no random number, as modules of Workers must', () => {
  const store = new D1SessionStore(untouched, { now: refuse })
  expect(store.schema()).toContain('CREATE TABLE IF NOT EXISTS "coatcheck_sessions"')
})

test('a database that does not say how many rows it changed is not taken to have changed none [P4]', async () => {
  const statement = {
    bind: () => statement,
    run: async () => ({ results: [], meta: {} }),
    raw: async () => [],
  }
  const silent = { prepare: () => statement, batch: async () => [], exec: refuse }
  const store = new D1SessionStore(silent, { cleanupInterval: false })
  await expect(store.touch('id', { ttl: 1, touchedAt: 1, expiresAt: 1 })).rejects.toThrow('meta.changes')
})

test('the SQL in the docs is what schema() gives', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/stores/d1.md'), 'utf8')
  const shown = /```sql\n([\s\S]*?)```/.exec(page)?.[1]?.replace(/ +--.*$/gm, '')
  expect(shown).toBe(new D1SessionStore(untouched).schema())
})
