import type { SessionStore } from '../../../src/index.ts'
import type { TestClock } from '../../../src/testing/clock.ts'
import type { StoreUnderTest } from '../../../src/testing/store-case.ts'
import { createClock, encrypted, MemorySessionStore, SqliteSessionStore, storeConformance } from '../built.js'
import type { Suite } from './suite.ts'

const KEY = 'encrypts the records of the runtime tests: 81e0'

function conformance(name: string, open: (clock: TestClock) => SessionStore): Suite {
  return {
    name,
    part: 'stores',
    cases: (add) => {
      storeConformance({
        name,
        full: true,
        test: (title, run) => add(caseId(title), (context) => run(context)),
        makeStore: (): StoreUnderTest => {
          const clock = createClock(Date.now())
          const store = open(clock)
          return { store, advance: clock.advance, close: () => store.dispose?.() }
        },
      })
    },
  }
}

/** A title is the store's name, the case's id, a colon and the clause: the id is enough for a table. */
function caseId(title: string): string {
  return /store\/[\w-]+/.exec(title)?.[0] ?? title
}

/** The store conformance suite on what every runtime can hold. */
export const storeSuites: Suite[] = [
  conformance('MemorySessionStore', ({ now }) => new MemorySessionStore({ now })),
  conformance('encrypted(MemorySessionStore)', ({ now }) =>
    encrypted(new MemorySessionStore({ now }), { keys: KEY, hideUser: true }),
  ),
]

/** The same on the runtime's own SQLite. */
export const sqliteSuite: Suite = conformance(
  'SqliteSessionStore',
  ({ now }) => new SqliteSessionStore(':memory:', { now }),
)
