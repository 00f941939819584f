import type { SqlStore } from '../sql/sql-subject.ts'
import type { BunProcess, MakeOptions } from './start-bun.ts'

/** Opens a store on a SQL of Bun, as the suites of all SQL stores take it. */
export function openSqlInBun(
  bun: BunProcess,
  kind: 'postgres' | 'mysql',
  url: string,
  options: MakeOptions & { schema?: string } = {},
): { store: SqlStore; end: () => Promise<unknown> } {
  const { store, client } = bun.open(kind, url, options)
  return {
    store: { ...store, schema: () => options.schema ?? '' },
    end: async () => {
      await store.dispose()
      await client('close', { timeout: 0 })
    },
  }
}
