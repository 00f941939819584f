import { expect, test } from 'vitest'
import { ConnectSessionStore } from '../../src/stores/connect.ts'
import { D1SessionStore } from '../../src/stores/d1.ts'
import { DynamoDbSessionStore } from '../../src/stores/dynamodb.ts'
import { encrypted } from '../../src/stores/encrypted.ts'
import { LibsqlSessionStore } from '../../src/stores/libsql.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { MysqlSessionStore } from '../../src/stores/mysql.ts'
import { PostgresSessionStore } from '../../src/stores/postgres.ts'
import { RedisSessionStore } from '../../src/stores/redis.ts'
import { SqliteSessionStore } from '../../src/stores/sqlite.ts'
import { UnstorageSessionStore } from '../../src/stores/unstorage.ts'
import { SECRET } from '../engine/start.ts'

test.each<[string, object]>([
  ['MemorySessionStore', MemorySessionStore],
  ['SqliteSessionStore', SqliteSessionStore],
  ['D1SessionStore', D1SessionStore],
  ['LibsqlSessionStore', LibsqlSessionStore],
  ['ConnectSessionStore', ConnectSessionStore],
  ['RedisSessionStore', RedisSessionStore],
  ['PostgresSessionStore', PostgresSessionStore],
  ['MysqlSessionStore', MysqlSessionStore],
  ['DynamoDbSessionStore', DynamoDbSessionStore],
  ['UnstorageSessionStore', UnstorageSessionStore],
  ['EncryptedSessionStore', encrypted(new MemorySessionStore(), { keys: SECRET }).constructor],
])('%s gives its name itself, whatever a minifier calls the class', (name, Store) => {
  // What a class is called by itself is a value, which a minifier has changed.
  expect(Object.getOwnPropertyDescriptor(Store, 'name')?.get?.()).toBe(name)
})
