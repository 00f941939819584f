import { codeOf } from '../error-code.ts'
import type { SqlValue } from '../sql/record-row.ts'

/** Runs one statement, in the form of a driver, and gives that driver's answer. */
export type Execute<Statement, Answer> = (statement: Statement, values: SqlValue[]) => PromiseLike<Answer>

/** A pool of mysql2's promise interface or of the mariadb connector. */
export interface Pool<Statement, Answer> {
  /** Takes a connection out. */
  getConnection(): PromiseLike<PoolConnection<Statement, Answer>>
}

/** A connection that was taken out of a pool. */
export interface PoolConnection<Statement, Answer> {
  execute: Execute<Statement, Answer>
  /** Gives it back. */
  release(): unknown
  /** Closes it. It does not come back. */
  destroy(): void
}

// What mysql2's own execute() of a pool throws a connection away for: after a failover it leads to a replica.
const READ_ONLY = new Set<unknown>([
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_READ_ONLY_MODE',
])

/** Whether it is a pool. One that a tracing library wraps may hide that. */
export function isPool<Statement, Answer>(
  client: object & { execute: Execute<Statement, Answer> },
): client is typeof client & Pool<Statement, Answer> {
  return 'getConnection' in client && typeof client.getConnection === 'function'
}

/**
 * Gives what runs statements on a pool's connections, and throws a connection away that does not answer.
 *
 * mysql2 has a timeout for statements. But it does not cover their preparation, and leaves the connection where it is:
 * taken for ever, or at the head of a queue of statements that all wait for the one without an answer.
 * @param timeout - Milliseconds without an answer until the connection is thrown away; `undefined` for never.
 */
export function executeOnPool<Statement, Answer>(
  pool: Pool<Statement, Answer>,
  timeout: number | undefined,
): Execute<Statement, Answer> {
  return async (statement, values) => {
    const connection = await pool.getConnection()
    return new Promise((resolve, reject) => {
      const giveUp = (after: number): void => {
        connection.destroy()
        reject(unanswered(after))
      }
      const timer = timeout === undefined ? undefined : setTimeout(giveUp, timeout, timeout)
      connection.execute(statement, values).then(
        (answer) => {
          clearTimeout(timer)
          connection.release()
          resolve(answer)
        },
        (error) => {
          clearTimeout(timer)
          if (READ_ONLY.has(codeOf(error))) connection.destroy()
          else connection.release()
          reject(error)
        },
      )
    })
  }
}

/** With the code of mysql2's own timeout. */
function unanswered(timeout: number): Error {
  const error = new Error(
    `MysqlSessionStore had no answer from its server within ${timeout} ms, its option queryTimeout, and gave the connection up. The statement may have been carried out.`,
  )
  return Object.assign(error, { code: 'PROTOCOL_SEQUENCE_TIMEOUT' })
}
