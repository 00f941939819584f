import type { BoundSql, SqliteDialectDatabase } from '../sql/sqlite-dialect/database.ts'
import type { D1Answer, D1Binding, D1Statement } from './binding.ts'

/** Makes of a binding what the store asks. */
export function d1Database(binding: D1Binding): SqliteDialectDatabase {
  const bound = ({ sql, values }: BoundSql): D1Statement => {
    const statement = binding.prepare(sql)
    return values.length === 0 ? statement : statement.bind(...values)
  }
  return {
    rows: async (statement) => bound(statement).raw(),
    change: async (statement) => changesOf(await bound(statement).run()),
    // Not by `exec`, which takes each line for a statement.
    transact: async (statements) => {
      const answers = await binding.batch(statements.map(bound))
      return answers.map((answer) => ({ rows: answer.results.map(valuesIn), changes: changesOf(answer) }))
    },
  }
}

function changesOf(answer: D1Answer): number {
  const { changes } = answer.meta
  if (typeof changes === 'number') return changes
  throw new Error(
    'D1SessionStore was not told by its database how many rows a statement changed (meta.changes).',
  )
}

function valuesIn(row: unknown): unknown[] {
  return Object.values(Object(row))
}
