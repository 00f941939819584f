import type { SessionRecord, SessionStore } from '../../../src/index.ts'
import type { D1Binding, D1Statement } from '../../../src/stores/d1.ts'

const LATE_MS = 60

function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LATE_MS))
}

/** A D1 database that is far away. It takes no batches. */
export function lateBinding(database: D1Binding): D1Binding {
  const late = (statement: D1Statement): D1Statement => ({
    bind: (...values) => late(statement.bind(...values)),
    run: () => later().then(() => statement.run()),
    raw: () => later().then(() => statement.raw()),
  })
  return {
    prepare: (sql) => late(database.prepare(sql)),
    batch: () => Promise.reject(new Error('This database takes no batches.')),
    exec: (sql) => database.exec(sql),
  }
}

/** A store far away that can do nothing on a condition. */
export function lateBasicStore(): SessionStore {
  const records = new Map<string, SessionRecord>()
  return {
    async get(id) {
      await later()
      return records.get(id) ?? null
    },
    async set(id, record) {
      await later()
      records.set(id, record)
    },
    async destroy(id) {
      await later()
      records.delete(id)
    },
    async listByUser(user) {
      await later()
      return [...records.values()].filter((record) => record.user === user)
    },
    async destroyByUser(user) {
      await later()
      const ids = [...records].filter(([, record]) => record.user === user).map(([id]) => id)
      for (const id of ids) records.delete(id)
      return ids.length
    },
  }
}
