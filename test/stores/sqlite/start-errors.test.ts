import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import { temporaryFolder } from '../../servers/start-process.ts'

let folder = ''
beforeAll(() => {
  folder = temporaryFolder('sqlite-start')
})
afterAll(() => rmSync(folder, { recursive: true }))

function configError(message: string): unknown {
  return expect.objectContaining({
    name: 'ConfigError',
    code: 'ERR_CONFIG_INVALID',
    message: expect.stringContaining(message),
  })
}

describe('at start, an error names its own cause and fix:', () => {
  const busyTimeout = 20

  test.each([
    ['a table by something else', 'CREATE TABLE coatcheck_sessions (sid TEXT)', 'made by something else'],
    ['a view', 'CREATE VIEW coatcheck_sessions AS SELECT 1 AS id', 'made by something else'],
    ['a table without our key', withoutKey(), 'made by something else'],
    ['an index where the table goes', indexNamed('coatcheck_sessions'), 'made by something else'],
  ])('%s', (_what, sql, fix) => {
    const database = new DatabaseSync(':memory:')
    database.exec(sql)
    expect(() => new SqliteSessionStore(database)).toThrow(configError(fix))
    database.close()
  })

  test.each(['coatcheck_sessions', 'Coatcheck_Sessions'])(
    'a table put aside by another name, which keeps the names of its indexes: %s is not made without them unnoticed',
    (table) => {
      const database = new DatabaseSync(':memory:')
      new SqliteSessionStore(database).dispose()
      database.exec('ALTER TABLE coatcheck_sessions RENAME TO old')
      const start = () => new SqliteSessionStore(database, { table })
      for (let times = 0; times < 2; times++) {
        expect(start).toThrow(configError('the table old has an index coatcheck_sessions_user_id'))
      }
      database.exec('DROP INDEX coatcheck_sessions_user_id; DROP INDEX coatcheck_sessions_dies_at')
      start().dispose()
      expect(start).not.toThrow()
      database.close()
    },
  )

  test.each(['sqlite_sessions', 'SQLITE_sessions'])('the name %s, which SQLite keeps for itself', (table) => {
    const refused = expect(() => new SqliteSessionStore(':memory:', { table }))
    refused.toThrow(configError('begin with sqlite_'))
    refused.not.toThrow('something else')
  })

  test('a table that cannot be made while another connection writes', () => {
    const path = join(folder, 'written.db')
    const writer = new DatabaseSync(path)
    writer.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE')
    const refused = expect(() => new SqliteSessionStore(path, { busyTimeout }))
    refused.toThrow(configError('busyTimeout'))
    refused.not.toThrow('something else')
    writer.close()
  })

  test('a file that another connection has locked', () => {
    const path = join(folder, 'locked.db')
    const owner = new DatabaseSync(path)
    owner.exec('BEGIN EXCLUSIVE')
    const opened = new DatabaseSync(path)
    for (const database of [path, opened]) {
      const refused = expect(() => new SqliteSessionStore(database, { busyTimeout }))
      refused.toThrow(configError('busyTimeout'))
      refused.not.toThrow(/something else|folder exists/)
    }
    opened.close()
    owner.close()
  })

  test('a database that may not be written', () => {
    const path = join(folder, 'readonly.db')
    new DatabaseSync(path).close()
    const database = new DatabaseSync(path, { readOnly: true })
    const refused = expect(() => new SqliteSessionStore(database))
    refused.toThrow(configError('Open it for writing'))
    refused.not.toThrow('something else')
    database.close()
  })
})

/** A table of ours but for what makes the id a key. */
function withoutKey(): string {
  const database = new DatabaseSync(':memory:')
  new SqliteSessionStore(database).dispose()
  const made = database.prepare("SELECT sql FROM sqlite_schema WHERE name = 'coatcheck_sessions'").get()
  database.close()
  return String(made?.sql).replace('PRIMARY KEY', '')
}

function indexNamed(name: string): string {
  return `CREATE TABLE users (name TEXT); CREATE INDEX ${name} ON users (name)`
}
