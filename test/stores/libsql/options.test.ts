import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Client, createClient } from '@libsql/client'
import { connect } from '@tursodatabase/serverless'
import {
  createClient as createServerlessClient,
  type Client as ServerlessClient,
} from '@tursodatabase/serverless/compat'
import BetterSqlite3 from 'better-sqlite3'
import LibsqlDatabase from 'libsql'
import { expect, expectTypeOf, test } from 'vitest'
import { type LibsqlClient, LibsqlSessionStore } from '../../../src/stores/libsql.ts'

function configError(message: string): unknown {
  return expect.objectContaining({
    name: 'ConfigError',
    code: 'ERR_CONFIG_INVALID',
    message: expect.stringContaining(message),
  })
}

function refuse(): never {
  throw new Error('A store that is only made asks its client for nothing.')
}
const untouched = { protocol: 'http', execute: refuse, batch: refuse, executeMultiple: refuse, sync: refuse }

test.each([
  ['an unknown option', { tabel: 'sessions' }, 'has no option tabel'],
  ['an option of the client', { url: 'file:app.db' }, 'has no option url'],
  ['a table that is no identifier', { table: 'sessions; DROP TABLE users' }, 'the option table'],
  ['a table in a schema', { table: 'main.sessions' }, 'the option table'],
  ['a cleanup every no time', { cleanupInterval: 0 }, 'cleanupInterval'],
  ['a clock that is no function', { now: 0 }, 'the option now'],
])('%s is refused [P12]', (_what, options, message) => {
  // Reflect: the compiler would refuse most of these already.
  expect(() => Reflect.construct(LibsqlSessionStore, [untouched, options])).toThrow(configError(message))
})

const remote = 'http://127.0.0.1:1'

test.each<[string, () => unknown, string]>([
  ['nothing', () => undefined, 'was given no client'],
  ['null', () => null, 'was given no client'],
  ['a URL', () => 'libsql://shop.turso.io?authToken=hidden', 'was given a text'],
  ['a promise', () => Promise.resolve(createClient({ url: remote })), 'was given a promise'],
  ['an object', () => ({}), 'needs a client'],
  [
    'a Drizzle database',
    () => ({ select() {}, $client: createClient({ url: remote }) }),
    'Give it the client underneath: db.$client',
  ],
  [
    'a connection of the serverless driver',
    () => connect({ url: remote }),
    '@tursodatabase/serverless/compat',
  ],
  ['a D1 database', () => ({ prepare() {}, batch() {}, exec() {}, withSession() {} }), 'D1SessionStore'],
  ['a database of libsql', () => new LibsqlDatabase(':memory:'), 'use SqliteSessionStore'],
  ['a database of better-sqlite3', () => new BetterSqlite3(':memory:'), 'use SqliteSessionStore'],
  ['a database of node:sqlite', () => new DatabaseSync(':memory:'), 'use SqliteSessionStore'],
  ['a MySQL client', () => ({ query() {}, execute() {}, end() {} }), 'needs a client'],
  [
    'the stub of a service, which has whatever it is asked for',
    () => new Proxy({}, { get: () => () => {} }),
    'was given a promise',
  ],
])('%s is refused as a client, with what to give instead [P12]', (_what, make, message) => {
  const construct = (): unknown => Reflect.construct(LibsqlSessionStore, [make()])
  expect(construct).toThrow(configError(message))
  expect(construct).not.toThrow('hidden')
})

test('the clients of both packages are taken, also by their types', () => {
  expectTypeOf<Client>().toExtend<LibsqlClient>()
  expectTypeOf<ServerlessClient>().toExtend<LibsqlClient>()
  for (const client of [createClient({ url: remote }), createServerlessClient({ url: remote })])
    expect(new LibsqlSessionStore(client)).toBeInstanceOf(LibsqlSessionStore)
})

test('a store that is made does nothing before it is used: no I/O, no clock, no random number, as modules of Workers must', () => {
  const store = new LibsqlSessionStore(untouched, { now: refuse })
  expect(store.schema()).toContain('CREATE TABLE IF NOT EXISTS "coatcheck_sessions"')
})

test.each([
  ['rows', { rowsAffected: 1 }],
  ['rowsAffected', { rows: [] }],
  ['rowsAffected', { rows: [], rowsAffected: null }],
])('a client that does not tell its %s is not taken to have had none [P4]', async (_what, result) => {
  const sync = (): never => {
    throw new Error('sync not supported in http mode')
  }
  const client = { ...untouched, sync, execute: async () => result, batch: async () => [] }
  const store = Reflect.construct(LibsqlSessionStore, [client, { cleanupInterval: false }])
  const touch = { ttl: 1, touchedAt: 1, expiresAt: 1 }
  await expect(store.touch('id', touch)).rejects.toThrow('was not told by its client')
  await expect(store.get('id')).rejects.toThrow('was not told by its client')
})

test('the SQL in the docs is what schema() gives', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/stores/libsql.md'), 'utf8')
  const shown = /```sql\n([\s\S]*?)```/.exec(page)?.[1]?.replace(/ +--.*$/gm, '')
  expect(shown).toBe(new LibsqlSessionStore(untouched).schema())
})
