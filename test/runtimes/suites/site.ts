import type { Subject } from '../../adapters/harness/subject.ts'
import { MemorySessionStore } from '../built.js'
import { adapterSuite } from './adapters.ts'
import { appSuite } from './app.ts'
import { engineSuite } from './engine.ts'
import { openFetch, type Shop } from './shop.ts'
import { sqliteSuite, storeSuites } from './stores.ts'
import { runSuite } from './suite.ts'
import type { WebHandler } from './visitor.ts'

/** What is run on a runtime. */
export interface SiteOptions {
  /** The adapters in their frameworks, in the order of the tables. */
  subjects: readonly Subject[]
  /** Finds out why suites cannot be run here at all, by their names. Called for each suite. Default: all can. */
  impossible?: () => Record<string, string>
}

/**
 * What a runtime serves while it is tested: `/suites` lists the suites, `/suites/<number>` runs one and answers with the
 * verdicts, and everything else is the shop, for the tests of the runtime's own HTTP server.
 */
export function site({ subjects, impossible = () => ({}) }: SiteOptions): WebHandler {
  const suites = [...storeSuites, sqliteSuite, engineSuite, ...subjects.map(adapterSuite), appSuite]
  let shop: Shop | undefined
  return async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/suites') return Response.json(suites.map(({ name, part }) => ({ name, part })))
    const suite = pathname.startsWith('/suites/') ? suites[Number(pathname.slice(8))] : undefined
    if (suite !== undefined) return Response.json(await runSuite(suite, impossible()[suite.name]))
    // Not before the first request: Workers allow next to nothing while a module is loaded.
    shop ??= openFetch({ store: new MemorySessionStore() })
    return shop.handler(request)
  }
}
