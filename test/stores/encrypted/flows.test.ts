import { encrypted } from '../../../src/stores/encrypted.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { UnstorageSessionStore } from '../../../src/stores/unstorage.ts'
import { engineFlows } from '../flows.ts'
import { STORAGES } from '../unstorage/storages.ts'
import { KEY } from './keys.ts'

engineFlows('encrypted(MemorySessionStore)', (clock) => {
  const store = encrypted(new MemorySessionStore({ now: clock.now }), { keys: KEY, hideUser: true })
  return { store, close: () => store.dispose?.() }
})

engineFlows('encrypted(UnstorageSessionStore)', (clock) => {
  const { open, close } = STORAGES.memory()
  return { store: encrypted(new UnstorageSessionStore(open(), { now: clock.now }), { keys: KEY }), close }
})
