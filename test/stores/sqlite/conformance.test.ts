import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'vitest'
import { type SqliteDatabase, SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { type StoreConformanceOptions, storeConformance } from '../../../src/testing/store-conformance.ts'
import { temporaryFolder } from '../../servers/start-process.ts'
import { databaseKinds } from './databases.ts'

/** Two stores on one file, each with a database of its own, as two processes would have. */
function onOneFile(
  open: (path: string) => SqliteDatabase | string,
): ReturnType<StoreConformanceOptions['makeStore']> {
  const folder = temporaryFolder('sqlite')
  const path = join(folder, 'sessions.db')
  const { now, advance } = createClock(Date.now())
  const [first, second] = [open(path), open(path)]
  const store = new SqliteSessionStore(first, { now })
  const secondStore = new SqliteSessionStore(second, { now })
  return {
    store,
    secondStore,
    advance,
    close: () => {
      store.dispose()
      secondStore.dispose()
      for (const database of [first, second]) if (typeof database !== 'string') database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

for (const { name, open } of databaseKinds) {
  storeConformance({
    name: `SqliteSessionStore on ${name}`,
    full: true,
    test,
    makeStore: () => onOneFile(open),
  })
}

storeConformance({
  name: 'SqliteSessionStore in memory',
  full: true,
  test,
  makeStore: () => {
    const { now, advance } = createClock(Date.now())
    const store = new SqliteSessionStore(':memory:', { now })
    return { store, advance, close: () => store.dispose() }
  },
})
