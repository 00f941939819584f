import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSessions, type Sessions } from '../../src/core/sessions.ts'
import type { ConditionalStore } from '../../src/core/store.ts'
import { startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts'
import { countOf, request, STORE_TIMEOUT, startTraffic } from './traffic.ts'

/** A database server that can be made to fail. */
export interface FailingServer {
  readonly port: number
  kill(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A store whose client goes to a server on a port of 127.0.0.1. */
export interface ConnectedStore {
  store: ConditionalStore & { migrate(): Promise<void> }
  /** Ends the client, whatever state it is in. */
  end: () => Promise<unknown>
}

/** A driver and its server. */
export interface SqlFaults {
  /** The store and the driver, for the titles. */
  name: string
  start: () => Promise<FailingServer>
  connect: (port: number) => ConnectedStore
}

// A request may ask the store several times, and each time wait for as long as this.
const LONGEST_REQUEST = 4 * STORE_TIMEOUT
const VISITORS = 8

function sessionsOn(store: ConditionalStore): Sessions {
  return createSessions({
    secret: 'a secret of these tests: 0123456789',
    store,
    storeTimeout: STORE_TIMEOUT,
  })
}

/** Registers what a store on a database server must stand. */
export function sqlFaults({ name, start, connect }: SqlFaults): void {
  describe(name, () => {
    let server: FailingServer
    let proxy: TcpProxy
    let connected: ConnectedStore
    let sessions: Sessions

    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server?.stop())
    beforeEach(async () => {
      proxy = await startTcpProxy(server.port)
      connected = connect(proxy.port)
      await connected.store.migrate()
      sessions = sessionsOn(connected.store)
    })
    afterEach(async () => {
      await sessions.dispose()
      await proxy.close() // first, so that a query without an answer fails and the client can end
      await connected.end()
    })

    const begin = (): Promise<string> =>
      request(sessions, '', (session) => {
        session.count = 1
      })

    /** Runs `work` with a store of another process, which goes past the proxy. */
    const elsewhere = async (work: (others: Sessions) => Promise<void>): Promise<void> => {
      const other = connect(server.port)
      await work(sessionsOn(other.store))
      await other.end()
    }

    test('killed and restarted under traffic: nothing acknowledged is lost, nobody hangs, it recovers [P11]', async () => {
      const gone = await begin()
      await request(sessions, gone, (session) => session.destroy())
      const traffic = await startTraffic(sessions, VISITORS)
      await traffic.recovered()
      await server.kill()
      await delay(50) // while it is down, the visitors go on
      await server.restart()
      await traffic.recovered()
      await traffic.stop()
      for (const { cookie, acknowledged, failed, longest } of traffic.visitors) {
        const count = await countOf(sessions, cookie)
        expect(count).toBeGreaterThanOrEqual(acknowledged)
        expect(count).toBeLessThanOrEqual(acknowledged + failed)
        expect(longest).toBeLessThan(LONGEST_REQUEST)
      }
      expect(traffic.visitors.some(({ failed }) => failed > 0)).toBe(true)
      expect(await countOf(sessions, gone)).toBeUndefined()
    })

    test('replies cut short again and again: each acknowledged count is there exactly once [P3]', async () => {
      const traffic = await startTraffic(sessions, VISITORS)
      for (let cut = 0; cut < 5; cut++) {
        const { connections } = proxy
        proxy.set({ kind: 'cut' })
        while (proxy.connections === connections) await delay(5)
        proxy.set({ kind: 'pass' })
        await traffic.recovered()
      }
      await traffic.stop()
      for (const { cookie, acknowledged, failed } of traffic.visitors) {
        const count = await countOf(sessions, cookie)
        expect(count).toBeGreaterThanOrEqual(acknowledged)
        expect(count).toBeLessThanOrEqual(acknowledged + failed)
      }
    })

    test('a stall ends in a 503 in time, and the next request is served [P11]', async () => {
      const cookie = await begin()
      proxy.set({ kind: 'blackhole' })
      const started = performance.now()
      const stalled = request(sessions, cookie, (session) => {
        session.count = 2
      })
      await expect(stalled).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT', status: 503 })
      expect(performance.now() - started).toBeGreaterThanOrEqual(STORE_TIMEOUT - 1)
      expect(performance.now() - started).toBeLessThan(LONGEST_REQUEST)
      proxy.set({ kind: 'pass' })
      expect(await countOf(sessions, cookie)).toBe(1)
    })

    test('a logout while a write is on its way stands: neither the write nor its late reply changes it [P4]', async () => {
      const cookie = await begin()
      const passage = await sessions.open(cookie)
      passage.session.count = 2
      proxy.set({ kind: 'delay', ms: 2 * STORE_TIMEOUT })
      await expect(passage.commit()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT', status: 503 })
      await elsewhere(async (others) => {
        // Some drivers ask about a statement first, and send the write itself when that answer comes: after the 503.
        expect([1, 2]).toContain(await countOf(others, cookie))
        await request(others, cookie, (session) => session.destroy())
        await delay(4 * STORE_TIMEOUT) // until the late write and its reply are in
        expect(await countOf(others, cookie)).toBeUndefined()
      })
      proxy.set({ kind: 'pass' })
      expect(await countOf(sessions, cookie)).toBeUndefined()
    })

    test('connections refused for a while: a 503 each, and then all is well without a restart', async () => {
      const cookie = await begin()
      proxy.set({ kind: 'refuse' })
      await expect(countOf(sessions, cookie)).rejects.toMatchObject({ name: 'StoreError', status: 503 })
      proxy.set({ kind: 'pass' })
      const deadline = performance.now() + 10_000
      let count: number | undefined
      while (count === undefined && performance.now() < deadline) {
        count = await countOf(sessions, cookie).catch(() => undefined)
      }
      expect(count).toBe(1)
    })
  })
}
