import { ConfigError } from '../../core/errors.ts'
import { decodeText } from '../decode-text.ts'
import { isBunSql } from '../sql/bun-sql.ts'
import type { SqlValue } from '../sql/record-row.ts'
import { throughBun } from './bun.ts'
import { ignorePoolErrors } from './pool-errors.ts'
import type { PostgresServer } from './server.ts'

/** A pool or a client of `pg`, as far as the store uses it. */
export interface PgClient {
  /** Sends one statement and gives its rows as arrays. */
  query(statement: PgStatement): PromiseLike<{ rows: (string | null)[][]; rowCount: number | null }>
  /** Sends SQL of several statements. */
  query(sql: string): PromiseLike<unknown>
  /** How many connections it holds. Only a pool has it. */
  readonly totalCount?: number
  /** Listens for the loss of an idle connection. */
  on(event: 'error', listener: (error: Error) => void): unknown
  /** Stops listening. */
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

/** One statement as `pg` takes it. */
export interface PgStatement {
  /** The SQL, with `$1`, `$2` … */
  text: string
  /** What stands for `$1`, `$2` … */
  values: SqlValue[]
  /** Asks for rows as arrays, whatever the columns are called. */
  rowMode: 'array'
  /** Asks for values as the texts they come as, whatever parsers the app has set for its own. */
  types: { getTypeParser(): (text: string) => string }
  /** Prepares the statement under this name on first use. */
  name?: string
}

/** The `sql` function of postgres.js, as far as the store uses it. */
export interface PostgresJsClient {
  /** Sends one statement. */
  unsafe(sql: string, values?: SqlValue[], options?: { prepare?: boolean }): PostgresJsQuery
  /** Sets a connection apart, until it is released. */
  reserve(): PromiseLike<PostgresJsConnection>
}

/** A connection of postgres.js set apart. */
export interface PostgresJsConnection extends Pick<PostgresJsClient, 'unsafe'> {
  /** Gives the connection back. */
  release(): void
}

/** A statement of postgres.js on its way. */
export interface PostgresJsQuery extends PromiseLike<unknown> {
  /** Asks for rows as arrays of the bytes they come as, whatever types and transformations the app has set for its own. */
  raw(): PromiseLike<PostgresJsRows>
}

/** What postgres.js answers: rows, and how many there are or were changed. */
export interface PostgresJsRows extends Iterable<(Uint8Array | null)[]> {
  /** How many rows were read or changed. */
  readonly count: number
}

/**
 * Takes the user's client, by what it can do.
 * @param prepare - Whether statements may be prepared by name, which is state of a connection.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is none of `pg`, postgres.js or Bun, or it is set up for binary values,
 * to make other things of rows, or to prepare statements unasked.
 */
export function postgresServer(client: unknown, prepare: boolean): PostgresServer {
  if (isBunSql(client)) return throughBun(client, prepare)
  if (isPostgresJs(client)) {
    if (transformsRows(client)) throw rowTransformRefused()
    return throughPostgresJs(client, prepare)
  }
  if (isPg(client)) {
    if (asksForBinary(client)) throw binaryRefused()
    return throughPg(client, prepare)
  }
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    'PostgresSessionStore needs a client: a Pool or Client of pg (new Pool({ connectionString })), the sql function of postgres.js 3.4 or newer (postgres(url)), or a SQL of Bun (new SQL(url, { prepare: false })).',
  )
}

function isPostgresJs(client: unknown): client is PostgresJsClient {
  if (typeof client !== 'function' || !('unsafe' in client) || !('reserve' in client)) return false
  return typeof client.unsafe === 'function' && typeof client.reserve === 'function'
}

function isPg(client: unknown): client is PgClient {
  if (typeof client !== 'object' || client === null) return false
  const { query, on, removeListener }: Partial<Record<keyof PgClient, unknown>> = client
  return typeof query === 'function' && typeof on === 'function' && typeof removeListener === 'function'
}

/** Whether a client, or a pool for its clients, is set up for values in binary, which a statement cannot overrule. */
function asksForBinary(client: object): boolean {
  const { binary, options }: { binary?: unknown; options?: unknown } = client
  return binary === true || Reflect.get(Object(options), 'binary') === true
}

function binaryRefused(): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    'PostgresSessionStore was given a client of pg with the option binary, and pg cannot read binary values in the rows the store asks for. Leave the option binary out, or give the store a pool of its own without it.',
  )
}

/** Whether a client of postgres.js is set up to change rows as a whole, of which there is no telling what they become. */
function transformsRows(client: object): boolean {
  const row = ['options', 'transform', 'row'].reduce<unknown>(
    (at, key) => Reflect.get(Object(at), key),
    client,
  )
  return typeof Reflect.get(Object(row), 'from') === 'function'
}

function rowTransformRefused(): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    'PostgresSessionStore was given a client of postgres.js with the option transform.row, which changes the rows the store reads. Leave transform.row out, or give the store a client of its own without it.',
  )
}

function throughPostgresJs(sql: PostgresJsClient, prepare: boolean): PostgresServer {
  return {
    async ask(_name, text, values) {
      const rows = await sql.unsafe(text, values, { prepare }).raw()
      return { rows: Array.from(rows, (row) => row.map(textOf)), count: rows.count }
    },
    async run(text) {
      // On a connection of its own, because it has no value. Not begin(): it sends COMMIT as a prepared statement,
      // and a pooler makes of that a silent ROLLBACK.
      const connection = await sql.reserve()
      try {
        await connection.unsafe(text)
      } finally {
        connection.release()
      }
    },
    release() {},
  }
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : decodeText(bytes)
}

const AS_TEXT: PgStatement['types'] = { getTypeParser: () => (text) => text }

function throughPg(client: PgClient, prepare: boolean): PostgresServer {
  // A single client makes no new connection, so there the event is left to the user.
  const release = client.totalCount === undefined ? () => {} : ignorePoolErrors(client)
  return {
    async ask(name, text, values) {
      const statement: PgStatement = { text, values, rowMode: 'array', types: AS_TEXT }
      const { rows, rowCount } = await client.query(prepare ? { ...statement, name } : statement)
      return { rows, count: rowCount ?? 0 }
    },
    async run(text) {
      await client.query(text)
    },
    release,
  }
}
