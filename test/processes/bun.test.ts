import { PROGRAMS } from '../runtimes/programs.ts'
import { startMariadb } from '../servers/mariadb.ts'
import { startPostgres } from '../servers/postgres.ts'
import { acrossProcesses } from './across-processes.ts'

const inBun = { module: 'bun', runtime: PROGRAMS.bun }

acrossProcesses({
  name: 'PostgresSessionStore on a SQL of Bun',
  ...inBun,
  start: async () => {
    const server = await startPostgres()
    return { settings: server.url, stop: server.stop }
  },
})

acrossProcesses({
  name: 'MysqlSessionStore on a SQL of Bun',
  ...inBun,
  start: async () => {
    const server = await startMariadb()
    return { settings: server.url, stop: server.stop }
  },
})
