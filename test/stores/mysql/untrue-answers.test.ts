import mysql from 'mysql2/promise'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSessions } from '../../../src/core/sessions.ts'
import { type MysqlClient, MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { request } from '../../faults/traffic.ts'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'

const LIFE = { ttl: 3_600_000 }

// MariaDB answers so, now and then, to a DELETE that it ends in an early phase for max_statement_time.
describe('A DELETE that is not carried out and told as one that found nothing:', () => {
  let server: MariadbServer
  let pool: mysql.Pool
  let store: MysqlSessionStore
  /** The first word of each statement the store has sent in this test. */
  let sent: string[] = []
  /** How many more DELETEs the server does not get to see. */
  let untrue = 0

  beforeAll(async () => {
    server = await startMariadb()
    pool = mysql.createPool(server.url)
    const client: MysqlClient = {
      execute: (statement, values) => {
        const [verb = ''] = statement.sql.split(' ', 1)
        sent.push(verb)
        return verb === 'DELETE' && untrue-- > 0
          ? Promise.resolve([{ affectedRows: 0 }, undefined])
          : pool.execute(statement, values)
      },
    }
    store = new MysqlSessionStore(client, { cleanupInterval: false })
    await store.migrate()
  })
  afterAll(async () => {
    await pool?.end()
    await server?.stop()
  })

  let record = newRecord()
  beforeEach(async () => {
    untrue = 0
    record = newRecord({ user: 'ann' })
    await store.create(record.id, record, LIFE)
    sent = []
  })

  test.each([1, 2])('destroy looks and sends it again, after %i such answer(s) [P4]', async (times) => {
    untrue = times
    await store.destroy(record.id)
    expect(await store.get(record.id)).toBeNull()
  })

  test('a set with no time to live does so too [P4]', async () => {
    untrue = 1
    await store.set(record.id, record, { ttl: 0 })
    expect(await store.get(record.id)).toBeNull()
  })

  test('destroy fails after three, and says that the session lives and what to do [P4]', async () => {
    untrue = 3
    await expect(store.destroy(record.id)).rejects.toThrow(
      /3 times that there was nothing to delete.*still there.*max_statement_time/,
    )
    expect(sent).toEqual(['DELETE', 'SELECT', 'DELETE', 'SELECT', 'DELETE', 'SELECT'])
    expect(await store.get(record.id)).toEqual(record)
  })

  test('a logout is then a 503 with the reason, and no success [P4]', async () => {
    const failed: unknown[] = []
    const sessions = createSessions({ secret: 'a secret of these tests: 0123456789', store })
    sessions.on('storeFailed', ({ operation }) => failed.push(operation))
    const cookie = await request(sessions, '', (session) => {
      session.count = 1
    })
    untrue = 3
    await expect(request(sessions, cookie, (session) => session.destroy())).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      status: 503,
      cause: expect.objectContaining({ message: expect.stringContaining('still there') }),
    })
    expect(failed).toContain('destroy')
  })

  test('an end under a revision is a conflict, and not told as done [P4]', async () => {
    untrue = 1
    expect(await store.replace(record.id, record, { ttl: 0, revision: 1 })).toBe('conflict')
    expect(await store.replace(record.id, record, { ttl: 0, revision: 1 })).toBe('written')
  })

  test('a revocation looks, and sends it again [P4]', async () => {
    untrue = 1
    await store.destroyByUser('ann')
    expect(await store.listByUser('ann')).toEqual([])
  })

  test('a destroy that deletes takes one statement, and that of a record that is not there one look more', async () => {
    await store.destroy(record.id)
    expect(sent).toEqual(['DELETE'])
    await store.destroy(record.id)
    expect(sent).toEqual(['DELETE', 'DELETE', 'SELECT'])
  })

  test('a record that has expired is none, whether its row is there or not', async () => {
    await server.ask('UPDATE coatcheck_sessions SET dies_at = 1')
    untrue = 1
    await store.destroy(record.id)
    expect(sent).toEqual(['DELETE', 'SELECT'])
  })
})
