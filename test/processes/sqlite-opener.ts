import { SqliteSessionStore } from '../../src/stores/sqlite.ts'

// A process that opens a store on each path it is sent, at the time it is told, and tells how that went.
process.on('message', ({ path, at }: { path: string; at: number }) => {
  while (Date.now() < at); // awake, so that all begin in the same millisecond
  try {
    const store = new SqliteSessionStore(path)
    store.destroy('any')
    store.dispose()
    process.send?.('opened')
  } catch (error) {
    process.send?.(String(error))
  }
})
process.on('disconnect', () => process.exit())
