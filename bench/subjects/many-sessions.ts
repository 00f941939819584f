import { setImmediate as turn } from 'node:timers/promises'
import type { SessionStore } from '../../src/index.ts'
import { built } from './built.ts'
import { heapMegabytes, sampleId, sampleVisitors } from './sample-session.ts'
import type { Setup } from './subject.ts'

const MANY = 5_000_000

/** What tables call our sessions in a store that is full of others. */
export const AMONG_MANY: string = `coatcheck, among ${MANY.toLocaleString('en-US')} sessions`

/** How large its heap may grow, in megabytes. */
export const MANY_MEGABYTES: number = heapMegabytes(MANY)

// So far apart are the places that become free for those who will sign in: as those who are about are in a store that has grown for
// weeks, and not side by side, where the processor would find them together.
const APART = 200
const LIFETIME = 7 * 24 * 3_600_000
const SLICE = 500

/** Fills a memory store with the sessions of people who are not about. */
export async function storeOfMany({ sessionBytes }: Setup): Promise<SessionStore> {
  const module = await built<typeof import('../../src/stores/memory.ts')>('stores/memory.js')
  const store = new module.MemorySessionStore({ maxSessions: Number.POSITIVE_INFINITY })
  const nextVisitor = sampleVisitors(sessionBytes)
  const createdAt = Date.now()
  const times = { createdAt, touchedAt: createdAt, expiresAt: createdAt + LIFETIME }
  for (let session = 0; session < MANY; session++) {
    const visitor = nextVisitor()
    const id = sampleId(session)
    const record = { id, data: JSON.stringify(visitor), revision: 1, user: visitor.userId, ...times }
    store.create(id, record, { ttl: LIFETIME })
    if (session % SLICE === 0) await turn()
  }
  for (let session = 0; session < MANY; session += APART) store.destroy(sampleId(session))
  return store
}
