import { startPostgres } from '../servers/postgres.ts'
import { acrossProcesses } from './across-processes.ts'

acrossProcesses({
  name: 'PostgresSessionStore',
  module: 'postgres',
  start: async () => {
    const server = await startPostgres()
    return { settings: server.url, stop: server.stop }
  },
})

acrossProcesses({
  name: 'PostgresSessionStore in a database of serializable transactions',
  module: 'postgres',
  start: async () => {
    const server = await startPostgres({ default_transaction_isolation: 'serializable' })
    return { settings: server.url, stop: server.stop }
  },
})
