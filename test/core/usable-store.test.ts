import { DatabaseSync } from 'node:sqlite'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { createClient as createLibsqlClient } from '@libsql/client'
import { Redis as UpstashRedis } from '@upstash/redis'
import BetterSqlite from 'better-sqlite3'
import { RedisStore } from 'connect-redis'
import expressSession from 'express-session'
import { Cluster, Redis } from 'ioredis'
import * as mariadb from 'mariadb'
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { createClient, createCluster, createSentinel } from 'redis'
import { createStorage } from 'unstorage'
import { expect, test } from 'vitest'
import { createSessions } from '../../src/core/sessions.ts'
import { SECRET } from '../engine/start.ts'

const nowhere = { host: '127.0.0.1', port: 1, lazyConnect: true }

/** The real things, none of them connected. */
const AT_HAND: ReadonlyArray<[string, () => unknown, string]> = [
  ['node-redis', () => createClient(), 'RedisSessionStore'],
  ['a cluster of node-redis', () => createCluster({ rootNodes: [] }), 'RedisSessionStore'],
  [
    'a sentinel of node-redis',
    () => createSentinel({ name: 'main', sentinelRootNodes: [] }),
    'RedisSessionStore',
  ],
  ['ioredis', () => new Redis(nowhere), 'RedisSessionStore'],
  ['a cluster of ioredis', () => new Cluster([nowhere], { lazyConnect: true }), 'RedisSessionStore'],
  [
    '@upstash/redis',
    () => new UpstashRedis({ url: 'http://127.0.0.1:1', token: 'token' }),
    'RedisSessionStore',
  ],
  ['express-session’s memory store', () => new expressSession.MemoryStore(), 'ConnectSessionStore'],
  ['connect-redis', () => new RedisStore({ client: createClient() }), 'ConnectSessionStore'],
  ['pg', () => new pg.Pool(), 'PostgresSessionStore'],
  ['postgres.js', () => postgres({ host: '127.0.0.1' }), 'PostgresSessionStore'],
  [
    'the mariadb connector’s pool',
    () => mariadb.createPool({ host: '127.0.0.1', port: 1 }),
    'MysqlSessionStore',
  ],
  ['mysql2', () => mysql.createPool({ host: '127.0.0.1' }), 'MysqlSessionStore'],
  ['the AWS SDK’s', () => new DynamoDB({ region: 'nowhere' }), 'DynamoDbSessionStore'],
  ['@libsql/client', () => createLibsqlClient({ url: ':memory:' }), 'LibsqlSessionStore'],
  ['node:sqlite', () => new DatabaseSync(':memory:'), 'SqliteSessionStore'],
  ['better-sqlite3', () => new BetterSqlite(':memory:'), 'SqliteSessionStore'],
  ['unstorage', () => createStorage(), 'UnstorageSessionStore'],
]

test.each(AT_HAND)(
  '%s itself is refused as a store, with the class that makes one of it [P12]',
  (_name, make, by) => {
    const options: object = { secret: SECRET, store: make() }
    expect(() => Reflect.apply(createSessions, undefined, [options])).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        code: 'ERR_CONFIG_INVALID',
        message: expect.stringMatching(
          new RegExp(`^store is .*; give new ${by}\\(…\\) around it, from 'coatcheck/stores/`),
        ),
      }),
    )
  },
)

test('a store that calls back, as one for @fastify/session, is refused with the class that makes one of it [P12]', () => {
  type Callback = (error: unknown, session?: unknown) => void
  const store = {
    get: (_id: string, callback: Callback) => callback(null),
    set: (_id: string, _session: unknown, callback: Callback) => callback(null),
    destroy: (_id: string, callback: Callback) => callback(null),
  }
  expect(() => Reflect.apply(createSessions, undefined, [{ secret: SECRET, store }])).toThrow(
    expect.objectContaining({
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringMatching(/^store calls back.*; give new ConnectSessionStore\(…\) around it/),
    }),
  )
  const withMore = { ...store, destroy: (_id: string) => {} }
  expect(() => Reflect.apply(createSessions, undefined, [{ secret: SECRET, store: withMore }])).not.toThrow()
})

test('what stands for a store elsewhere is taken, and has whatever it is asked for', () => {
  const store = new Proxy({ get: () => null, set: () => {}, destroy: () => {} }, { get: () => () => null })
  expect(() => createSessions({ secret: SECRET, store })).not.toThrow()
})

test('a store of one’s own is taken, whatever else it can do', () => {
  const own = { get: () => null, set: () => {}, destroy: () => {}, query: () => {}, connect: () => {} }
  expect(() => createSessions({ secret: SECRET, store: own })).not.toThrow()
})
