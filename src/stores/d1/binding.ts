import { ConfigError } from '../../core/errors.ts'
import { isSqliteDatabase } from '../sqlite/database.ts'

/** What became of a statement of D1, as far as the store looks at it. */
export interface D1Answer {
  /** The rows it gave, as objects. */
  readonly results: readonly unknown[]
  /** How many rows it changed, among other figures. */
  readonly meta: { readonly changes?: unknown }
}

/** A prepared statement of D1, as far as the store uses it. */
export interface D1Statement {
  /** Gives the same statement with these values in the places of its question marks. */
  bind(...values: unknown[]): D1Statement
  /** Runs it and tells what it changed. */
  run(): Promise<D1Answer>
  /** Runs it and gives its rows as arrays. */
  raw(): Promise<unknown[][]>
}

/**
 * A Worker's binding to a D1 database, as far as the store uses it. The `D1Database` of `@cloudflare/workers-types` is one,
 * and so is that of `wrangler types`. A D1 session, which `withSession()` gives, is none.
 */
export interface D1Binding {
  /** Prepares a statement. Nothing is sent yet. */
  prepare(sql: string): D1Statement
  /** Sends several statements in one round trip, which D1 runs as one transaction. */
  batch(statements: D1Statement[]): Promise<D1Answer[]>
  /** Runs SQL without values. Not called: it tells a database from a D1 session. */
  exec(sql: string): Promise<unknown>
}

const STORE = 'D1SessionStore'

/**
 * Takes the user's binding.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is no binding to a D1 database; the message says what it looks like.
 */
export function d1Binding(value: unknown): D1Binding {
  if (isD1Binding(value)) return value
  throw new ConfigError('ERR_CONFIG_INVALID', `${STORE} ${reasonAgainst(value)}`)
}

/** No D1 database has a `close`; the stub of a service, which has whatever it is asked for, has one too. */
function isD1Binding(value: unknown): value is D1Binding {
  return ['prepare', 'batch', 'exec'].every((name) => hasMethod(value, name)) && !hasMethod(value, 'close')
}

function reasonAgainst(value: unknown): string {
  if (value === undefined || value === null)
    return "was given no database: the binding is not there. Name it under d1_databases in wrangler's configuration, and hand over env.DB, by the name that it has there."
  if (hasMethod(value, 'getBookmark') && !hasMethod(value, 'exec'))
    return 'was given a D1 session, which may read from a replica that is behind: somebody who has logged out would still be logged in there. Give it the database itself: env.DB, without withSession().'
  if (isSqliteDatabase(value) && !hasMethod(value, 'batch'))
    return 'was given a SQLite database that is not of D1. For node:sqlite, better-sqlite3 and bun:sqlite use SqliteSessionStore of coatcheck/stores/sqlite.'
  return 'needs a D1 database: the binding itself, such as env.DB, and not its name, its id or what a query builder made of it.'
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
}
