import { env } from 'cloudflare:workers'
import { D1SessionStore } from '../../../src/stores/d1.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'

/** The cases by their titles, as a Worker runs them. */
const cases = new Map<string, () => Promise<void>>()

let tables = 0

storeConformance({
  name: 'D1SessionStore',
  full: true,
  test: (title, run) => cases.set(title, async () => run()),
  makeStore: async () => {
    const { now, advance } = createClock(Date.now())
    const table = `sessions_${++tables}`
    const [store, secondStore] = [1, 2].map(() => new D1SessionStore(env.DB, { table, now }))
    if (store === undefined || secondStore === undefined) throw new Error('There are no two stores.')
    await store.migrate()
    return { store, secondStore, advance }
  },
})

/** Runs the case whose title is sent, and answers with what went wrong; with nothing when it passed. */
export default {
  async fetch(request: Request): Promise<Response> {
    const run = cases.get(await request.text())
    if (run === undefined) return new Response('There is no such case.')
    try {
      await run()
      return new Response('')
    } catch (error) {
      return new Response(error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  },
}
