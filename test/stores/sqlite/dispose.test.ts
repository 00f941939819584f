import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { createSessions } from '../../../src/index.ts'
import { SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import { SECRET } from '../../engine/start.ts'

const DISPOSED =
  'SqliteSessionStore was disposed, which closed its database: no request may come after that. Stop the server before sessions.dispose(), or make another store.'
const record = { id: 'id', data: '{}', revision: 1, createdAt: 1, touchedAt: 1, expiresAt: 1 }
const lifetime = { ttl: 60_000 }

describe('after dispose, a store that opened its database says so', () => {
  test.each<[string, (store: SqliteSessionStore) => unknown]>([
    ['get', (store) => store.get('id')],
    ['set', (store) => store.set('id', record, lifetime)],
    ['create', (store) => store.create('id', record, lifetime)],
    ['replace', (store) => store.replace('id', record, { ...lifetime, revision: 1 })],
    ['a replace that ends the record', (store) => store.replace('id', record, { ttl: 0, revision: 1 })],
    ['touch', (store) => store.touch('id', { ...lifetime, touchedAt: 1, expiresAt: 1 })],
    ['destroy', (store) => store.destroy('id')],
    ['listByUser', (store) => store.listByUser('ann')],
    ['destroyByUser', (store) => store.destroyByUser('ann')],
    ['entries', (store) => store.entries()],
    ['count', (store) => store.count()],
    ['deleteExpired', (store) => store.deleteExpired()],
  ])('to %s', async (_name, call) => {
    const store = new SqliteSessionStore(':memory:')
    store.dispose()
    await expect(Promise.resolve(store).then(call)).rejects.toThrow(DISPOSED)
  })

  test('to a request, as the cause of its StoreError', async () => {
    const sessions = createSessions({ secret: SECRET, store: new SqliteSessionStore(':memory:') })
    await sessions.dispose()
    await expect(sessions.user('ann').list()).rejects.toMatchObject({
      name: 'StoreError',
      cause: { message: DISPOSED },
    })
  })

  test('and takes another dispose for none', () => {
    const store = new SqliteSessionStore(':memory:')
    store.dispose()
    expect(() => store.dispose()).not.toThrow()
  })
})

test('after dispose, a store in a database of the user answers as long as that is open', () => {
  const database = new DatabaseSync(':memory:')
  const store = new SqliteSessionStore(database)
  store.dispose()
  expect(store.get('id')).toBeNull()
  database.close()
})
