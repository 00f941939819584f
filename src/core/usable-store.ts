import { ConfigError } from './errors.ts'
import { shownValue } from './shown-value.ts'

/** What people have at hand and a store is made of: how it is known, and by which class it becomes one. */
interface Making {
  /** Methods that tell it from everything else. */
  readonly abilities: readonly string[]
  readonly what: string
  readonly by: string
  readonly from: string
}

const METHODS = ['get', 'set', 'destroy']

/** These have all that a store must have, and would fail at the first session. */
const MISTAKABLE: readonly Making[] = [
  {
    abilities: ['createSession', 'regenerate'],
    what: 'a store for express-session',
    by: 'ConnectSessionStore',
    from: 'connect',
  },
  { abilities: ['sendCommand', 'multi'], what: 'a Redis client', by: 'RedisSessionStore', from: 'redis' },
]
const OTHERS: readonly Making[] = [
  { abilities: ['send', 'duplicate'], what: 'a Redis client', by: 'RedisSessionStore', from: 'redis' },
  // Of @upstash/redis or @vercel/kv; the store says that it takes their url and token instead.
  { abilities: ['pipeline', 'evalsha'], what: 'a Redis client', by: 'RedisSessionStore', from: 'redis' },
  {
    abilities: ['execute', 'executeMultiple'],
    what: 'a libSQL client',
    by: 'LibsqlSessionStore',
    from: 'libsql',
  },
  { abilities: ['query', 'execute'], what: 'a MySQL client', by: 'MysqlSessionStore', from: 'mysql' },
  {
    abilities: ['query', 'connect'],
    what: 'a PostgreSQL client',
    by: 'PostgresSessionStore',
    from: 'postgres',
  },
  {
    abilities: ['unsafe', 'begin'],
    what: 'a PostgreSQL client',
    by: 'PostgresSessionStore',
    from: 'postgres',
  },
  { abilities: ['prepare', 'batch'], what: 'a D1 database', by: 'D1SessionStore', from: 'd1' },
  { abilities: ['prepare', 'exec'], what: 'a SQLite database', by: 'SqliteSessionStore', from: 'sqlite' },
  {
    abilities: ['getItem', 'updateItem'],
    what: 'a DynamoDB client',
    by: 'DynamoDbSessionStore',
    from: 'dynamodb',
  },
  { abilities: ['getItem', 'getKeys'], what: 'a storage', by: 'UnstorageSessionStore', from: 'unstorage' },
]

/**
 * Refuses what cannot be used as a store, and tells what makes a store of it.
 * @param option - What it was given as, for the message.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it lacks `get`, `set` or `destroy`, or is known to have others by these names.
 */
export function checkStore(store: unknown, option: string): void {
  const sound = canAll(store, METHODS)
  const makings = sound ? MISTAKABLE : [...MISTAKABLE, ...OTHERS]
  const making = makings.find(({ abilities }) => hasAll(store, abilities))
  if (making !== undefined) {
    const { what, by, from } = making
    throw invalid(option, `is ${what}; give new ${by}(…) around it, from 'coatcheck/stores/${from}'`)
  }
  if (sound) {
    if (!takesCallbacks(store)) return
    throw invalid(
      option,
      "calls back, as stores for express-session and @fastify/session do; give new ConnectSessionStore(…) around it, from 'coatcheck/stores/connect'",
    )
  }
  if (typeof store === 'function' && canAll(store.prototype, METHODS)) {
    throw invalid(option, `is a class; give what new ${store.name}(…) makes`)
  }
  // Not shown: an address may hold a password.
  const got = typeof store === 'string' ? 'a text' : shownValue(store)
  throw invalid(
    option,
    `must have the methods get, set and destroy (got ${got}); for one process try new MemorySessionStore() from 'coatcheck/stores/memory'`,
  )
}

/** What stands for a store elsewhere, and has whatever it is asked for, does not say so. */
function hasAll(store: unknown, methods: readonly string[]): boolean {
  return canAll(store, methods) && methods.every((method) => method in Object(store))
}

/** Of ours `get` and `destroy` take an id alone. Called without a callback, such a store would answer nothing, or fail at each request. */
function takesCallbacks(store: unknown): boolean {
  return ['get', 'destroy'].every((name) => {
    const method: unknown = Reflect.get(Object(store), name)
    return typeof method === 'function' && method.length === 2
  })
}

function canAll(store: unknown, methods: readonly string[]): boolean {
  // The client of postgres.js is a function.
  if ((typeof store !== 'object' && typeof store !== 'function') || store === null) return false
  return methods.every((method) => typeof Reflect.get(store, method) === 'function')
}

function invalid(option: string, fault: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', `${option} ${fault}.`)
}
