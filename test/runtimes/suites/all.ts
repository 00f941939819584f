import { adapterSuites } from './adapters.ts'
import { engineSuite } from './engine.ts'
import { sqliteSuite, storeSuites } from './stores.ts'
import type { Suite } from './suite.ts'

/** Everything that is run on every runtime. */
export const SUITES: Suite[] = [...storeSuites, sqliteSuite, engineSuite, ...adapterSuites]
