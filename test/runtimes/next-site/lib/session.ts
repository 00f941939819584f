import { createSessions } from 'coatcheck'
import { session } from 'coatcheck/next'
import { MemorySessionStore } from 'coatcheck/stores/memory'
import { type FaultyStore, faultyStore } from 'coatcheck/testing'
import { cookies, headers } from 'next/headers'

interface MyData {
  userId: string
  visits: number
}

declare global {
  var siteStore: (MemorySessionStore & FaultyStore) | undefined
}

// Next has several copies of this module.
globalThis.siteStore ??= faultyStore(new MemorySessionStore())
export const store: FaultyStore & MemorySessionStore = globalThis.siteStore

export const sessions = createSessions<MyData>({ secret: process.env.SESSION_SECRET ?? '', store })
export const { readSession, withSession } = session(sessions, { cookies, headers })
