import { createSessions, type Sessions } from '../../src/core/sessions.ts'
import type { ConditionalStore } from '../../src/core/store.ts'
import { newRecord } from '../../src/testing/sample-records.ts'

type Passage = Awaited<ReturnType<Sessions['open']>>

/** What a worker can be told to do: by name, with texts, answering what JSON can hold. */
export type WorkerTasks = Readonly<Record<string, (...args: string[]) => Promise<unknown>>>

const LIFE = { ttl: 3_600_000 }

/** Makes the tasks of a process that serves requests with this store. */
export function workerTasks(store: ConditionalStore): WorkerTasks {
  return { ...requestTasks(store), ...storeTasks(store) }
}

/** Requests, step by step: so that the one who gives the orders decides how two of them overlap. */
function requestTasks(store: ConditionalStore): WorkerTasks {
  const sessions = createSessions({
    secret: 'worker processes share this secret!',
    store,
    storeTimeout: '20s',
  })
  const requests = new Map<string, Passage>()
  const request = (name: string): Passage => {
    const passage = requests.get(name)
    if (passage === undefined) throw new Error(`There is no request ${name}.`)
    return passage
  }
  return {
    /** Begins a request with this cookie, and gives the session's data. */
    begin: async (name, cookie) => {
      const passage = await sessions.open(cookie)
      requests.set(name, passage)
      return passage.session.toJSON()
    },
    /** Writes a key. */
    write: async (name, key, value) => request(name).session.set(key, value),
    /** Logs out. */
    clear: async (name) => request(name).session.clear(),
    /** Ends a request, and gives the Cookie header a browser would send from then on, or null when unchanged. */
    end: async (name) => (await request(name).commit())?.setCookie?.split(';')[0] ?? null,
    /** Runs so many requests at once, each adding one to `count` in the session. */
    increment: async (cookie, times) => {
      const increments = Array.from({ length: Number(times) }, async () => {
        const passage = await sessions.open(cookie)
        return passage.session.update((data) => {
          data.count = Number(data.count ?? 0) + 1
        })
      })
      return (await Promise.all(increments)).every(Boolean)
    },
    /** Ends all sessions of a user, and gives how many they were. */
    revoke: async (user) => sessions.user(user).revoke(),
  }
}

/** Single store calls on lists of ids, as fast as they go: so that two processes get in each other's way. */
function storeTasks(store: ConditionalStore): WorkerTasks {
  const each = (ids: string, call: (id: string) => unknown): Promise<unknown[]> =>
    Promise.all(ids.split(',').map(async (id) => call(id)))
  const record = (id: string, revision: number, data: string) => newRecord({ id, revision, data })
  return {
    create: (ids) => each(ids, (id) => store.create(id, record(id, 1, '"new"'), LIFE)),
    replace: (ids, data) =>
      each(ids, (id) => store.replace(id, record(id, 2, data), { ...LIFE, revision: 1 })),
    touch: (ids) => each(ids, (id) => store.touch(id, { ...LIFE, touchedAt: 1, expiresAt: 2 })),
    destroy: (ids) => each(ids, (id) => store.destroy(id)),
    get: (ids) => each(ids, async (id) => (await store.get(id))?.data ?? null),
  }
}
