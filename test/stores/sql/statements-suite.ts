import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSessions, type Sessions } from '../../../src/core/sessions.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { request } from '../../faults/traffic.ts'
import type { SqlServer, SqlStore, SqlSubject } from './sql-subject.ts'

const LIFE = { ttl: 3_600_000 }
// One to end them, one to see that none came meanwhile.
const TWO_FOR_ALL = { statements: 2, sessions: 1_000 }
const TOUCH = { ...LIFE, touchedAt: 1, expiresAt: 2 }

/** Registers how many statements each operation and each kind of request may take, as the server counts them. */
export function statementsSuite({ name, server: started, revocation = TWO_FOR_ALL }: SqlSubject): void {
  describe(`${name} sends`, () => {
    let server: SqlServer
    let opened: ReturnType<SqlServer['open']>
    let store: SqlStore
    let sessions: Sessions
    let record = newRecord({ user: 'ann' })
    beforeAll(async () => {
      server = started()
      opened = server.open({ cleanupInterval: false })
      store = opened.store
      await store.migrate()
      sessions = createSessions({ secret: 'a secret of these tests: 0123456789', store })
    })
    afterAll(() => opened?.end())
    beforeEach(async () => {
      record = newRecord({ user: 'ann' })
      await store.create(record.id, record, LIFE)
    })

    const counted = async (work: () => PromiseLike<unknown> | unknown): Promise<number> => {
      const before = await server.statements()
      await work()
      return (await server.statements()) - before
    }
    const replaced = (revision: number): PromiseLike<string> | string =>
      store.replace(record.id, { ...record, revision: revision + 1 }, { ...LIFE, revision })

    test('one statement an operation', async () => {
      const other = newRecord()
      expect(await counted(() => store.create(other.id, other, LIFE))).toBe(1)
      expect(await counted(() => store.get(record.id))).toBe(1)
      expect(await counted(() => store.set(record.id, record, LIFE))).toBe(1)
      expect(await counted(() => replaced(1))).toBe(1)
      expect(await counted(() => store.touch(record.id, TOUCH))).toBe(1)
      expect(await counted(() => store.listByUser('ann'))).toBe(1)
      expect(await counted(() => store.entries())).toBe(1)
      expect(await counted(() => store.count())).toBe(1)
      expect(await counted(() => store.destroy(record.id))).toBe(1)
    })

    test('a second one only to tell a conflict from a missing record', async () => {
      expect(await counted(() => replaced(7))).toBe(2)
      await store.destroy(record.id)
      expect(await counted(() => replaced(1))).toBe(2)
    })

    test(`${revocation.statements} to revoke ${revocation.sessions} sessions of one user`, async () => {
      await Promise.all(
        Array.from({ length: revocation.sessions }, async () => {
          const of = newRecord({ user: 'bob' })
          return store.create(of.id, of, LIFE)
        }),
      )
      let removed: number | undefined
      expect(
        await counted(async () => {
          removed = await store.destroyByUser('bob')
        }),
      ).toBe(revocation.statements)
      expect(removed).toBe(revocation.sessions)
    })

    test('none for a request without a ticket, one to read, two to write, one to begin [P1]', async () => {
      let cookie = ''
      expect(await counted(() => request(sessions, '', (session) => session.count))).toBe(0)
      expect(await counted(() => request(sessions, `${sessions.cookieName}=forged`, () => {}))).toBe(0)
      const begin = async (): Promise<void> => {
        cookie = await request(sessions, '', (session) => {
          session.count = 1
        })
      }
      const write = (): Promise<string> =>
        request(sessions, cookie, (session) => {
          session.count = 2
        })
      expect(await counted(begin)).toBe(1)
      expect(await counted(() => request(sessions, cookie, (session) => session.count))).toBe(1)
      expect(await counted(write)).toBe(2)
    })
  })
}
