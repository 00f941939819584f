import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSessions } from '../../../src/core/sessions.ts'
import { D1SessionStore } from '../../../src/stores/d1.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { type LocalWorker, startWorker } from '../../runtimes/local-worker.ts'

const LIFE = { ttl: 3_600_000 }

let worker: LocalWorker
beforeAll(async () => {
  worker = await startWorker()
})
afterAll(() => worker?.stop())

const run = (sql: string): Promise<unknown> => worker.database.prepare(sql).run()
const storeOn = (table: string): D1SessionStore => new D1SessionStore(worker.database, { table })

function configError(message: string): object {
  return { name: 'ConfigError', code: 'ERR_CONFIG_INVALID', message: expect.stringContaining(message) }
}

test('a table that is missing is told of with the two ways to make it', async () => {
  await expect(storeOn('missing').get('any')).rejects.toMatchObject(configError('a migration of wrangler'))
  const record = newRecord()
  const creating = storeOn('missing').create(record.id, record, LIFE)
  await expect(creating).rejects.toMatchObject(configError('store.migrate()'))
})

describe('migrate() names its own cause and fix:', () => {
  test.each([
    ['a table by something else', 'CREATE TABLE strange (sid TEXT)', 'made by something else'],
    ['a view', 'CREATE VIEW strange AS SELECT 1 AS id', 'made by something else'],
    ['an index where the table goes', 'CREATE INDEX strange ON users (name)', 'made by something else'],
  ])('%s', async (_what, sql, message) => {
    await run('CREATE TABLE IF NOT EXISTS users (name TEXT)')
    await run(sql)
    await expect(storeOn('strange').migrate()).rejects.toMatchObject(configError(message))
    await run(/^CREATE (\w+ \w+)/.exec(sql)?.[1]?.replace(/^/, 'DROP ') ?? '')
  })

  test.each([
    ['sqlite_sessions', 'begin with sqlite_'],
    ['_cf_sessions', 'begin with _cf_'],
  ])('the name %s', async (table, message) => {
    await expect(storeOn(table).migrate()).rejects.toMatchObject(configError(message))
  })

  test('a table put aside by another name, which keeps the names of its indexes', async () => {
    await storeOn('moved').migrate()
    await run('ALTER TABLE moved RENAME TO old')
    for (let times = 0; times < 2; times++) {
      const refused = configError('the table old has an index moved_user_id')
      await expect(storeOn('moved').migrate()).rejects.toMatchObject(refused)
    }
    await run('DROP INDEX moved_user_id')
    await run('DROP INDEX moved_dies_at')
    await storeOn('moved').migrate()
  })

  test('a table of a newer version, which is left as it was', async () => {
    await storeOn('newer').migrate()
    await run("UPDATE coatcheck_schema SET version = 2 WHERE name = 'newer'")
    await run('DROP INDEX newer_dies_at')
    await expect(storeOn('newer').migrate()).rejects.toMatchObject(configError('schema version 2'))
    const indexes = await worker.database
      .prepare("SELECT name FROM sqlite_master WHERE name = 'newer_dies_at'")
      .raw()
    expect(indexes).toEqual([])
  })
})

test('what is missing is made again, and a table of another name has rows of its own', async () => {
  const store = storeOn('dropped')
  await store.migrate()
  for (const what of ['INDEX dropped_user_id', 'TABLE dropped']) {
    await run(`DROP ${what}`)
    await store.migrate()
  }
  const record = newRecord()
  await store.create(record.id, record, LIFE)
  expect(await store.count()).toBe(1)
  await storeOn('beside').migrate()
  expect(await storeOn('beside').count()).toBe(0)
})

test('an error of D1 holds nothing of the session that was to be written', async () => {
  const store = storeOn('guarded')
  await store.migrate()
  await run("CREATE TRIGGER guard BEFORE INSERT ON guarded BEGIN SELECT raise(ABORT, 'not now'); END")
  const record = newRecord({ user: 'the-user', data: '{"card":"the-data"}' })
  const error: unknown = await store.create(record.id, record, LIFE).catch((thrown: unknown) => thrown)
  const shown = inspect(error, { depth: 10, showHidden: true })
  expect(shown).toContain('not now')
  for (const secret of [record.id, 'the-user', 'the-data']) expect(shown).not.toContain(secret)
})

test('a binding that is given as a store is refused, with the class that makes one of it [P12]', () => {
  const options = { secret: 'a secret of these tests: 0123456789', store: worker.database }
  expect(() => Reflect.apply(createSessions, undefined, [options])).toThrow(
    expect.objectContaining(
      configError("is a D1 database; give new D1SessionStore(…) around it, from 'coatcheck/stores/d1'"),
    ),
  )
})
