import { startMariadb } from '../servers/mariadb.ts'
import { acrossProcesses } from './across-processes.ts'

acrossProcesses({
  name: 'MysqlSessionStore on MariaDB',
  module: 'mysql',
  start: async () => {
    const server = await startMariadb()
    return { settings: server.url, stop: server.stop }
  },
})
