import { inspect } from 'node:util'
import { MysqlSessionStore } from '../../../src/stores/mysql.ts'
import { type BunSqlClient, PostgresSessionStore } from '../../../src/stores/postgres.ts'
import { type BunRedisClient, RedisSessionStore } from '../../../src/stores/redis.ts'
import { SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import type { Order, OrderReply, StoreKind } from './orders.ts'

// A process in Bun that opens stores on Bun's own clients and does with them as it is told: `start-bun.ts` starts it. It does
// several things at once, and ends when its parent does.

/** What is used of Bun's globals. */
declare const Bun: {
  SQL: { pascal: object } & (new (url: string, options: object) => BunSqlClient)
  RedisClient: new (url: string, options: object) => BunRedisClient
}

/** Makes a SQL. A transformation of names, which no order can hold, is ordered as `true`. */
function sqlOf(url: string, options: { transform?: true }): BunSqlClient {
  return new Bun.SQL(url, { ...options, ...(options.transform && { transform: Bun.SQL.pascal }) })
}

type Make = (url: string, clientOptions: object, options: object) => { client: object; store: object }

const MAKERS: Record<StoreKind, Make> = {
  postgres: (url, clientOptions, options) => {
    const client = sqlOf(url, clientOptions)
    return { client, store: new PostgresSessionStore(client, options) }
  },
  mysql: (url, clientOptions, options) => {
    const client = sqlOf(url, clientOptions)
    return { client, store: new MysqlSessionStore(client, options) }
  },
  sqlite: (url, clientOptions, options) => {
    const client = sqlOf(url, clientOptions)
    // Reflect: the compiler would refuse it already.
    return { client, store: Reflect.construct(SqliteSessionStore, [client, options]) }
  },
  redis: (url, clientOptions, options) => {
    const client = new Bun.RedisClient(url, clientOptions)
    return { client, store: new RedisSessionStore(client, options) }
  },
}

/** What was opened, by its number: the clients and the stores. */
const opened = new Map<number, { client: object; store: object }>()

async function carryOut(order: Order): Promise<unknown> {
  if (order.method === undefined) {
    opened.set(order.at, MAKERS[order.kind](order.url, order.clientOptions, order.options))
    return undefined
  }
  const target: unknown = opened.get(order.at)?.[order.on]
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
