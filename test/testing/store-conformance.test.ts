import { expect, test } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { createClock } from '../../src/testing/clock.ts'
import type { StoreUnderTest } from '../../src/testing/store-case.ts'
import { storeConformance } from '../../src/testing/store-conformance.ts'
import { revokeFaults, userFaults, walkFaults } from './broken-indexes.ts'
import { verdicts } from './broken-store-verdicts.ts'
import {
  conditionFaults,
  contentFaults,
  expiryFaults,
  type Fault,
  touchFaults,
  withFault,
} from './broken-stores.ts'
import { nearCaches, untold } from './near-caches.ts'

function idOf(title: string): string {
  return / store\/([a-z0-9-]+):/.exec(title)?.[1] ?? title
}

/** Runs the suite as a test runner would, and gives the ids of the cases that failed. */
async function failures(makeStore: () => StoreUnderTest): Promise<string[]> {
  const cases: { title: string; run: () => Promise<void> }[] = []
  storeConformance({
    name: 'Broken',
    full: true,
    makeStore,
    test: (title, run) => cases.push({ title, run }),
  })
  const failed: string[] = []
  for (const { title, run } of cases) {
    try {
      await run()
    } catch {
      failed.push(idOf(title))
    }
  }
  return failed.sort()
}

function broken(fault: Fault): () => StoreUnderTest {
  return () => {
    const clock = createClock(Date.now())
    const store = withFault(new MemorySessionStore({ now: clock.now }), clock.now, fault)
    return { store, advance: clock.advance }
  }
}

const faults: Record<string, Fault> = {
  ...contentFaults,
  ...expiryFaults,
  ...conditionFaults,
  ...touchFaults,
  ...userFaults,
  ...revokeFaults,
  ...walkFaults,
}

/** The cases the suite has, in order. They never change their names: skips in other people's code name them. */
function caseIds(): string[] {
  const ids: string[] = []
  storeConformance({
    name: '',
    makeStore: () => ({ store: new MemorySessionStore() }),
    test: (title) => ids.push(idOf(title)),
  })
  return ids
}

test('a sound store fails no case', async () => {
  expect(await failures(broken(() => ({})))).toEqual([])
})

test.each(Object.entries(faults))('the suite finds the store that %s', async (name, fault) => {
  expect(await failures(broken(fault))).toEqual(verdicts[name]?.trim().split(/\s+/))
})

test('the suite finds a second client that does not see what the first one wrote', async () => {
  const makeStore = (): StoreUnderTest => {
    const store = new MemorySessionStore()
    const seen = new Map<string, SessionRecord | null>()
    const secondStore = withFault(store, Date.now, () => ({
      get: (id) => {
        if (!seen.has(id)) seen.set(id, store.get(id))
        return seen.get(id) ?? null
      },
    }))
    return { store, secondStore }
  }
  expect(await failures(makeStore)).toEqual([
    'other-client',
    'other-client-end',
    'other-client-replace',
    'other-client-revoke',
    'race-increments',
  ])
})

test('clients that cache what they have read, and are told of every change, fail no case', async () => {
  expect(await failures(nearCaches(() => true))).toEqual([])
})

test.each(Object.entries(untold))(
  'the suite finds a client that is not told of %s',
  async (_what, [told, verdict]) => {
    expect(await failures(nearCaches(told))).toEqual(verdict.split(' '))
  },
)

test('no case ends while a call of its own is running', async () => {
  const makeStore = (): StoreUnderTest => {
    const clock = createClock(Date.now())
    let running = 0
    const store = withFault(new MemorySessionStore({ now: clock.now }), clock.now, (inner) => ({
      get: async (id) => {
        running++
        await new Promise(setImmediate)
        running--
        return inner.get(id)
      },
    }))
    const close = (): void => {
      if (running > 0) throw new Error(`${running} calls are running.`)
    }
    return { store, advance: clock.advance, close }
  }
  expect(await failures(makeStore)).toEqual([])
})

test('every case is failed by some broken store', () => {
  const all = [...Object.values(verdicts), ...Object.values(untold).map(([, verdict]) => verdict)]
  const failed = new Set(all.flatMap((verdict) => verdict.trim().split(/\s+/)))
  expect(caseIds().filter((id) => !failed.has(id))).toEqual([])
  expect(Object.keys(verdicts).toSorted()).toEqual(Object.keys(faults).toSorted())
})

test('every case has a name of its own', () => {
  expect(new Set(caseIds()).size).toBe(caseIds().length)
})
