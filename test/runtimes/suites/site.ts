import { MemorySessionStore } from '../built.js'
import { SUITES } from './all.ts'
import { SHOPS, type Shop } from './shop.ts'
import { runSuite } from './suite.ts'
import type { WebHandler } from './visitor.ts'

/** Why suites cannot be run on a runtime, by their names. */
export type Impossible = Record<string, string>

/**
 * What a runtime serves while it is tested: `/suites` lists the suites, `/suites/<number>` runs one and answers with the
 * verdicts, and everything else is the shop, for the tests of the runtime's own HTTP server.
 */
export function site(impossible: Impossible = {}): WebHandler {
  let shop: Shop | undefined
  return async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/suites') return Response.json(SUITES.map(({ name }) => name))
    const suite = pathname.startsWith('/suites/') ? SUITES[Number(pathname.slice(8))] : undefined
    if (suite !== undefined) return Response.json(await runSuite(suite, impossible[suite.name]))
    // Not before the first request: Workers allow next to nothing while a module is loaded.
    shop ??= SHOPS['coatcheck/fetch']?.({ store: new MemorySessionStore() })
    return shop === undefined ? new Response(null, { status: 404 }) : shop.handler(request)
  }
}
