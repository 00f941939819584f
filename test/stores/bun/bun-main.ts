import { inspect } from 'node:util'
import { MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { PostgresSessionStore } from '../../../src/stores/postgres.ts'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import type { MakeOrder, Order, OrderReply } from './orders.ts'

// A process in Bun that opens stores on Bun's own clients and does with them as it is told: `start-bun.ts` starts it. It does
// several things at once, and ends when its parent does.

/** What is used of Bun's globals. */
declare const Bun: {
  SQL: { pascal: object } & (new (url: string, options: object) => Sql)
  RedisClient: new (url: string, options: object) => object
}
interface Sql {
  reserve(): Promise<Sql>
  begin(work: (transaction: Sql) => Promise<void>): Promise<void>
}

const STORES = {
  postgres: PostgresSessionStore,
  mysql: MysqlSessionStore,
  sqlite: SqliteSessionStore,
  redis: RedisSessionStore,
}

/** What is ordered of a SQL, beside its options. */
interface SqlOrder {
  /** Has names of columns changed. The function that does so is nothing an order can hold. */
  transform?: true
  /** Gives in its place what it makes for a while only. */
  part?: 'reserved connection' | 'transaction'
}

/** Makes a SQL. */
async function sqlOf(url: string, { part, transform, ...options }: SqlOrder): Promise<Sql> {
  const sql = new Bun.SQL(url, { ...options, ...(transform && { transform: Bun.SQL.pascal }) })
  if (part === undefined) return sql
  // One that stays open.
  return new Promise((resolve) => {
    if (part === 'transaction') sql.begin((transaction) => new Promise(() => resolve(transaction)))
    else sql.reserve().then(resolve)
  })
}

/** A store, and the client that it was made of. */
interface Made {
  client: object
  store: object
}

async function make({ kind, url, clientOptions, options }: MakeOrder): Promise<Made> {
  const isRedis = kind === 'redis'
  const client = isRedis ? new Bun.RedisClient(url, clientOptions) : await sqlOf(url, clientOptions)
  // Reflect: the compiler would refuse some of them already.
  return { client, store: Reflect.construct(STORES[kind], [client, options]) }
}

/** What was made, by its number. */
const all = new Map<number, Made>()

async function carryOut(order: Order): Promise<unknown> {
  if (order.method === undefined) {
    all.set(order.at, await make(order))
    return undefined
  }
  const target: unknown = all.get(order.at)?.[order.on]
  const method: unknown = Reflect.get(Object(target), order.method)
  if (typeof method !== 'function') throw new Error(`There is no ${order.on} that can ${order.method}.`)
  return Reflect.apply(method, target, order.args)
}

async function answer(order: Order): Promise<OrderReply> {
  const { number } = order
  try {
    return { number, json: JSON.stringify(await carryOut(order)) }
  } catch (error) {
    const { name, message, code }: { name?: string; message?: string; code?: string } = Object(error)
    const shown = inspect(error, { depth: 10, showHidden: true })
    return { number, error: { name, message: message ?? String(error), code, shown } }
  }
}

process.on('message', (order: Order) => {
  answer(order).then((reply) => process.send?.(reply))
})
process.on('disconnect', () => process.exit())
