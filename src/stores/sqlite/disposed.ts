import type { SqliteStatements } from '../sql/sqlite-dialect/statements.ts'
import type { SqliteStatement } from './database.ts'

/**
 * Makes what a store has in the place of its statements once it has closed its database: each says so when it is run.
 * A check in the store's methods would do the same, and cost every request.
 */
export function disposedStatements(): SqliteStatements<SqliteStatement> {
  const statement: SqliteStatement = { run: refuse, get: refuse, all: refuse }
  return {
    get: statement,
    set: statement,
    create: statement,
    replace: statement,
    end: statement,
    look: statement,
    touch: statement,
    destroy: statement,
    listByUser: statement,
    destroyByUser: statement,
    page: statement,
    count: statement,
    deleteExpired: statement,
  }
}

function refuse(): never {
  throw new Error(
    'SqliteSessionStore was disposed, which closed its database: no request may come after that. Stop the server before sessions.dispose(), or make another store.',
  )
}
