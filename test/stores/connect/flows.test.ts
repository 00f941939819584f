import { ConnectSessionStore } from '../../../src/stores/connect.ts'
import { engineFlows } from '../flows.ts'
import { CLASSIC_STORES } from './classic-stores.ts'

for (const [name, backend] of Object.entries(CLASSIC_STORES)) {
  engineFlows(`ConnectSessionStore over ${name}`, (clock) => {
    const { open, close } = backend()
    return { store: new ConnectSessionStore(open(), { now: clock.now }), close }
  })
}
