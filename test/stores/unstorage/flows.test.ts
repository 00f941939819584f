import { UnstorageSessionStore } from '../../../src/stores/unstorage.ts'
import { engineFlows } from '../flows.ts'
import { STORAGES } from './storages.ts'

for (const [name, backend] of Object.entries(STORAGES)) {
  engineFlows(`UnstorageSessionStore over ${name}`, (clock) => {
    const { open, close } = backend()
    return { store: new UnstorageSessionStore(open(), { now: clock.now }), close }
  })
}
