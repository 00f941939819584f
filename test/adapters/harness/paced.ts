import { once } from 'node:events'
import type { Server } from 'node:http'
import { onTestFinished } from 'vitest'
import type { SessionsOptions } from '../../../src/core/options.ts'
import type { DefaultData } from '../../../src/core/session-data.ts'
import type { MemorySessionStore } from '../../../src/stores/memory.ts'
import { type BarrierStore, barrierStore } from '../../../src/testing/barrier-store.ts'
import { type FaultyStore, faultyStore } from '../../../src/testing/faulty-store.ts'
import { laterStore } from '../../engine/later-store.ts'
import { type Started, startOn } from '../../engine/start.ts'
import { portFrom } from './listen.ts'

/** A memory store that can be held and made to fail. */
export type TestStore = MemorySessionStore & BarrierStore & FaultyStore

/** The two ways in which stores answer. What holds back a response must work with both. */
export const PACES = ['at once', 'later'] as const

/** Starts a manager on a store that answers at once, or with promises. */
export function startPaced(
  pace: (typeof PACES)[number],
  options: Partial<SessionsOptions<DefaultData>> = {},
): Started<DefaultData, TestStore> {
  return startOn<DefaultData, TestStore>(
    (memory) => barrierStore(faultyStore(pace === 'at once' ? memory : laterStore(memory))),
    options,
  )
}

/** Lets a server listen until the test is over, and gives its port. */
export async function servingPort(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return portFrom(server.address())
}
