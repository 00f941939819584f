import type { ConfigError } from '../../core/errors.ts'
import type { BoundSql, Outcome, SqliteDialectDatabase } from '../sql/sqlite-dialect/database.ts'
import { reasonOf } from '../sql/sqlite-dialect/table-fixes.ts'
import { againWhenUndone } from '../sql/undone.ts'
import type { LibsqlClient, LibsqlResult, LibsqlStatement } from './client.ts'
import { refusalOf } from './refuse-replica.ts'

// Another connection writes, or an open transaction of the app has the only one. Nothing was run. Servers say so too, when many write.
const HELD = new Set(['SQLITE_BUSY', 'TRANSACTION_ACTIVE'])

/** Makes of a client what the store asks. */
export function libsqlDatabase(client: LibsqlClient): SqliteDialectDatabase {
  const ways = client.protocol === 'file' ? inFile(client) : overNetwork(client)
  let refusal: ConfigError | null | undefined
  const asked = <T>(ask: () => Promise<T>): Promise<T> =>
    againWhenUndone(HELD, async () => {
      // Until it is told, and not again: a replica is brought up to date by it, for which the native driver holds up the process.
      if (refusal === undefined) refusal = await refusalOf(client)
      if (refusal !== null) throw refusal
      return ask()
    })
  return {
    rows: async (statement) => outcomeOf(await asked(() => ways.read(bound(statement)))).rows,
    change: async (statement) => outcomeOf(await asked(() => ways.write(bound(statement)))).changes,
    transact: async (statements) => {
      const results = await asked(() => ways.transact(statements.map(bound)))
      return results.map(outcomeOf)
    },
  }
}

/** How statements get to a database, and their results back. */
interface Ways {
  read(statement: LibsqlStatement): Promise<LibsqlResult | undefined>
  write(statement: LibsqlStatement): Promise<LibsqlResult | undefined>
  transact(statements: LibsqlStatement[]): Promise<LibsqlResult[]>
}

function overNetwork(client: LibsqlClient): Ways {
  const run = (statement: LibsqlStatement): Promise<LibsqlResult> =>
    againWhenExpired(() => client.execute(statement))
  return {
    read: run,
    write: run,
    transact: (statements) => againWhenExpired(() => client.batch(statements, 'write')),
  }
}

/**
 * The client of Turso's serverless driver goes on with a stream that its server may have given up meanwhile, after some ten seconds. It
 * then says so and begins a new one, and nothing was run.
 */
async function againWhenExpired<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (!/stream has expired/i.test(reasonOf(error))) throw error
    return send()
  }
}

/**
 * On files the native driver (libsql 0.5) leaves a statement that found the file locked as if it still ran, until it is collected as
 * garbage. What its connection does meanwhile is not committed, and told as done. So
 * - each statement is in a transaction of its own, whose end such a connection refuses;
 * - a lock is waited for by SQL that is run to its end in any case, before a statement needs it.
 */
function inFile(client: LibsqlClient): Ways {
  const transact = async (statements: LibsqlStatement[]): Promise<LibsqlResult[]> => {
    await client.executeMultiple('BEGIN IMMEDIATE; ROLLBACK')
    return client.batch(statements, 'write')
  }
  return {
    read: async (statement) => (await client.batch([statement], 'deferred'))[0],
    write: async (statement) => (await transact([statement]))[0],
    transact,
  }
}

function bound({ sql, values }: BoundSql): LibsqlStatement {
  return { sql, args: [...values] }
}

function outcomeOf(result: LibsqlResult | undefined): Outcome {
  const { rows, rowsAffected } = result ?? {}
  if (!Array.isArray(rows)) throw new Error(`${STORE} was not told by its client what rows a statement gave.`)
  if (typeof rowsAffected !== 'number')
    throw new Error(
      `${STORE} was not told by its client how many rows a statement changed (rowsAffected, a number).`,
    )
  return { rows: rows.map(valuesIn), changes: rowsAffected }
}

/** A row has its values by their places, or is an object of them by their names, as Turso's serverless driver gives in a batch. */
function valuesIn(row: unknown): unknown[] {
  const isList = typeof Reflect.get(Object(row), 'length') === 'number'
  return isList ? Array.from(Object(row)) : Object.values(Object(row))
}

const STORE = 'LibsqlSessionStore'
