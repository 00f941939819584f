import { createSessions } from 'coatcheck'
import { session } from 'coatcheck/next'
import { MemorySessionStore } from 'coatcheck/stores/memory'
import { type BarrierStore, barrierStore, type FaultyStore, faultyStore } from 'coatcheck/testing'
import { cookies, headers } from 'next/headers'

interface MyData {
  userId: string
  visits: number
}

type SiteStore = MemorySessionStore & FaultyStore & BarrierStore

declare global {
  var siteStore: SiteStore | undefined
}

// Next has several copies of this module.
globalThis.siteStore ??= barrierStore(faultyStore(new MemorySessionStore()))
export const store: SiteStore = globalThis.siteStore

export const sessions = createSessions<MyData>({ secret: process.env.SESSION_SECRET ?? '', store })
export const { readSession, withSession } = session(sessions, { cookies, headers })
