import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { encrypted } from '../../../src/stores/encrypted.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import { UnstorageSessionStore } from '../../../src/stores/unstorage.ts'
import { createClock } from '../../../src/testing/clock.ts'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { STORAGES } from '../unstorage/storages.ts'
import { KEY, OLD_KEY } from './keys.ts'

for (const hideUser of [false, true]) {
  const options = { keys: [KEY, OLD_KEY], hideUser } as const
  const users = hideUser ? 'hidden' : 'readable'

  storeConformance({
    name: `encrypted MemorySessionStore, users ${users},`,
    test,
    full: true,
    makeStore: () => {
      const clock = createClock(Date.now())
      const store = encrypted(new MemorySessionStore({ now: clock.now }), options)
      return { store, advance: clock.advance, close: () => store.dispose?.() }
    },
  })

  storeConformance({
    name: `encrypted SqliteSessionStore, users ${users},`,
    test,
    full: true,
    makeStore: () => {
      const clock = createClock(Date.now())
      const folder = mkdtempSync(join(tmpdir(), 'coatcheck-encrypted-'))
      const open = (): SqliteSessionStore => new SqliteSessionStore(join(folder, 'db'), { now: clock.now })
      const [first, second] = [open(), open()]
      return {
        store: encrypted(first, options),
        secondStore: encrypted(second, options),
        advance: clock.advance,
        close: () => {
          first.dispose()
          second.dispose()
          rmSync(folder, { recursive: true, force: true })
        },
      }
    },
  })
}

storeConformance({
  name: 'encrypted UnstorageSessionStore',
  test,
  makeStore: () => {
    const clock = createClock(Date.now())
    const { open, close } = STORAGES.memory()
    const store = encrypted(new UnstorageSessionStore(open(), { now: clock.now }), { keys: KEY })
    return { store, advance: clock.advance, close }
  },
})
