import type { D1Binding, D1Statement } from '../../../src/stores/d1.ts'

/** Makes a binding that calls `sent` at each round trip. */
export function countedBinding(database: D1Binding, sent: () => void): D1Binding {
  const inner = new WeakMap<D1Statement, D1Statement>()
  const counted = (statement: D1Statement): D1Statement => {
    const outer: D1Statement = {
      bind: (...values) => counted(statement.bind(...values)),
      run: () => {
        sent()
        return statement.run()
      },
      raw: () => {
        sent()
        return statement.raw()
      },
    }
    inner.set(outer, statement)
    return outer
  }
  return {
    prepare: (sql) => counted(database.prepare(sql)),
    batch: (statements) => {
      sent()
      return database.batch(statements.map((statement) => inner.get(statement) ?? statement))
    },
    exec: (sql) => database.exec(sql),
  }
}
