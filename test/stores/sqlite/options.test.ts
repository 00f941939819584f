import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import LibsqlDatabase from 'libsql'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import { temporaryFolder } from '../../servers/start-process.ts'

let folder = ''
beforeAll(() => {
  folder = temporaryFolder('sqlite-options')
})
afterAll(() => rmSync(folder, { recursive: true }))

function configError(message: string, code = 'ERR_CONFIG_INVALID'): unknown {
  return expect.objectContaining({ name: 'ConfigError', code, message: expect.stringContaining(message) })
}

test.each([
  ['an unknown option', { synchronus: 'FULL' }, 'has no option synchronus'],
  ['a table that is no identifier', { table: 'sessions; DROP TABLE users' }, 'the option table'],
  ['a table with a quote', { table: 'a"b' }, 'the option table'],
  ['a table in a schema', { table: 'main.sessions' }, 'the option table'],
  ['an empty table', { table: '' }, 'the option table'],
  ['a synchronous that would lose writes', { synchronous: 'OFF' }, 'the option synchronous'],
  ['a busyTimeout below zero', { busyTimeout: -1 }, 'the option busyTimeout'],
  ['a busyTimeout of a day', { busyTimeout: 86_400_000 }, 'the option busyTimeout'],
  ['a busyTimeout that is no number', { busyTimeout: '5s' }, 'the option busyTimeout'],
  ['a cleanup every text', { cleanupInterval: 'often' }, 'cleanupInterval'],
  ['a clock that is no function', { now: 0 }, 'the option now'],
])('%s is refused [P12]', (_what, options, message) => {
  // Reflect: the compiler would refuse most of these already.
  expect(() => Reflect.construct(SqliteSessionStore, [':memory:', options])).toThrow(configError(message))
})

test.each([undefined, null, {}, 7, { exec: 'text' }])('%o is refused as a database [P12]', (database) => {
  expect(() => Reflect.construct(SqliteSessionStore, [database])).toThrow(configError('needs a path'))
})

// The shapes of sqlite3, whose methods answer by a callback, of sql.js, whose statements give values when they are told to step, and
// of the package sqlite, whose promises have no methods.
test.each([
  ['whose statements give themselves', () => ({ get: () => ({ sql: 'PRAGMA' }) })],
  ['whose statements give nothing', () => ({ get: () => [] })],
  ['whose statements come later', async () => ({ get: () => 5_000 })],
])('a database %s is refused [P12]', (_what, prepare) => {
  const database = { exec() {}, prepare, close() {} }
  expect(() => Reflect.construct(SqliteSessionStore, [database])).toThrow(configError('needs a path'))
})

test('a database of libsql, which tells writes as done that it has not committed, is refused [P2] [P12]', () => {
  const database = new LibsqlDatabase(':memory:')
  const construct = () => Reflect.construct(SqliteSessionStore, [database])
  expect(construct).toThrow(configError('was given a database of libsql'))
  database.close()
})

test.each(['', ' ', '\t\n'])('the path %j, which names no file, is refused [P12]', (path) => {
  expect(() => new SqliteSessionStore(path)).toThrow(configError('was given an empty path'))
})

test('a path whose folder is missing is refused by an error that names it', () => {
  const path = join(folder, 'missing', 'sessions.db')
  expect(() => new SqliteSessionStore(path)).toThrow(configError(`cannot open '${path}'`))
})

test('a file that is no database is refused, and left as it was', () => {
  const path = join(folder, 'notes.txt')
  writeFileSync(path, 'not a database, and long enough to be looked at as one'.repeat(100))
  expect(() => new SqliteSessionStore(path)).toThrow(configError('file is not a database'))
})

test('a table that something else made is refused', () => {
  const path = join(folder, 'other.db')
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE coatcheck_sessions (id TEXT)')
  expect(() => new SqliteSessionStore(database)).toThrow(configError('It was made by something else'))
  database.close()
})

test.each([
  'TABLE coatcheck_sessions',
  'INDEX coatcheck_sessions_user_id',
  'INDEX coatcheck_sessions_dies_at',
])('what is missing is made again: %s', (what) => {
  const database = new DatabaseSync(':memory:')
  new SqliteSessionStore(database).dispose()
  const made = "SELECT name FROM sqlite_schema WHERE tbl_name = 'coatcheck_sessions' ORDER BY name"
  const before = database.prepare(made).all()
  database.exec(`DROP ${what}`)
  const store = new SqliteSessionStore(database)
  expect(store.count()).toBe(0)
  expect(database.prepare(made).all()).toEqual(before)
  store.dispose()
  database.close()
})

test('a store whose table is there starts beside a writer, and waits for nobody', () => {
  const path = join(folder, 'held.db')
  new SqliteSessionStore(path).dispose()
  const writer = new DatabaseSync(path)
  writer.exec('BEGIN IMMEDIATE')
  expect(() => new SqliteSessionStore(path, { busyTimeout: 0 }).dispose()).not.toThrow()
  writer.close()
})

test('a table of a newer version is refused by an error that names both', () => {
  const database = new DatabaseSync(':memory:')
  new SqliteSessionStore(database).dispose()
  database.exec('UPDATE coatcheck_schema SET version = 2')
  expect(() => new SqliteSessionStore(database)).toThrow(configError('schema version 2'))
  database.close()
})

test('without a SQLite in the runtime, a path is refused by an error that names the other way', () => {
  const builtIn = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
  expect(() => new SqliteSessionStore(':memory:')).toThrow(configError('better-sqlite3', 'ERR_PEER_MISSING'))
  builtIn.mockRestore()
})

describe('a database on a path', () => {
  const settingsOf = (database: DatabaseSync): unknown[] =>
    ['journal_mode', 'synchronous', 'busy_timeout'].map(
      (pragma) => Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0],
    )

  test('is in WAL mode', () => {
    const path = join(folder, 'wal.db')
    new SqliteSessionStore(path).dispose()
    const database = new DatabaseSync(path)
    expect(settingsOf(database)[0]).toBe('wal')
    database.close()
  })

  test.each([
    ['stays as it is, but is told to wait for other processes', {}, {}, ['delete', 2, 2_000]],
    ['keeps its own wait', { timeout: 70 }, {}, ['delete', 2, 70]],
    ['takes what it is given', {}, { synchronous: 'NORMAL', busyTimeout: 0 }, ['delete', 1, 0]],
  ] as const)('that the user opened %s', (_what, opened, options, settings) => {
    const database = new DatabaseSync(join(folder, 'opened.db'), opened)
    const store = new SqliteSessionStore(database, options)
    expect(settingsOf(database)).toEqual(settings)
    store.dispose()
    expect(database.isOpen).toBe(true)
    database.close()
  })
})

test('two stores in one database keep to their tables, and leave the rest alone', () => {
  const database = new DatabaseSync(':memory:')
  database.exec("CREATE TABLE users (name TEXT); INSERT INTO users VALUES ('ann'); PRAGMA user_version = 42")
  const [one, other] = [
    new SqliteSessionStore(database),
    new SqliteSessionStore(database, { table: 'other' }),
  ]
  const record = { id: 'id', data: '{}', revision: 1, createdAt: 1, touchedAt: 1, expiresAt: 1 }
  one.create('id', record, { ttl: 60_000 })
  expect(one.get('id')).toEqual(record)
  expect(other.get('id')).toBeNull()
  expect(database.prepare('SELECT name FROM users').all()).toEqual([{ name: 'ann' }])
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 42 })
  for (const store of [one, other]) store.dispose()
  database.close()
})
