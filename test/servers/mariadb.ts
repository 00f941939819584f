import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { findOrInstall } from './find-or-install.ts'
import { freePort } from './free-port.ts'
import { type StartedProcess, startProcess, temporaryFolder } from './start-process.ts'
import { giveFolder, runToEnd, systemUser } from './system-user.ts'

/** A real MariaDB server on loopback, with its data in a folder of its own. */
export interface MariadbServer {
  /** The port on 127.0.0.1. The same after a restart. */
  readonly port: number
  /** `mysql://root@127.0.0.1:port/coatcheck`, a database that is there and empty. */
  readonly url: string
  /** Runs SQL over a connection of its own and gives the rows. */
  ask(sql: string): Promise<object[]>
  /** Ends it as a crash would, with SIGKILL. Its data stay. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, after `kill`. */
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

// Waits for no disk: a crash of the operating system could lose writes, a crash of the server cannot.
const DEFAULTS = {
  'innodb-flush-log-at-trx-commit': '2',
  'innodb-flush-method': 'nosync',
  'sync-frm': '0',
  'innodb-buffer-pool-size': '64M',
}

const PACKAGE = { debianPackage: 'mariadb-server' }

async function askAt(port: number, sql: string, database?: string): Promise<object[]> {
  const connection = await mysql.createConnection({
    host: '127.0.0.1',
    port,
    user: 'root',
    connectTimeout: 2_000,
    ...(database !== undefined && { database }),
  })
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[] | mysql.ResultSetHeader>(sql)
    return Array.isArray(rows) ? rows : []
  } finally {
    connection.destroy()
  }
}

/** Starts a MariaDB server, ready when it answers a query. `root` may log in without a password. */
export async function startMariadb(settings: Record<string, string> = {}): Promise<MariadbServer> {
  const mariadbd = await findOrInstall({ program: 'mariadbd', ...PACKAGE })
  const installDb = await findOrInstall({ program: 'mariadb-install-db', ...PACKAGE })
  const user = systemUser('mysql')
  const folder = temporaryFolder('mariadb')
  giveFolder(folder, user)
  const data = join(folder, 'data')
  // In a shared one, a server that starts clears away the temporary tables of another one that does.
  const tmpdir = `--tmpdir=${folder}`
  const normal = '--auth-root-authentication-method=normal'
  runToEnd(installDb, ['--no-defaults', `--datadir=${data}`, tmpdir, normal, '--skip-test-db'], user)

  const port = await freePort()
  const flags = Object.entries({ ...DEFAULTS, ...settings }).map(([name, value]) => `--${name}=${value}`)
  const start = (): Promise<StartedProcess> =>
    startProcess(
      mariadbd,
      [
        '--no-defaults',
        `--datadir=${data}`,
        tmpdir,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${join(folder, 'server.sock')}`,
        ...flags,
      ],
      { folder, ...user, ready: async () => (await askAt(port, 'SELECT 1')).length === 1 },
    )

  let running = await start()
  await askAt(port, 'CREATE DATABASE coatcheck CHARACTER SET utf8mb4')
  return {
    port,
    url: `mysql://root@127.0.0.1:${port}/coatcheck`,
    ask: (sql) => askAt(port, sql, 'coatcheck'),
    kill: () => running.kill(),
    restart: async () => {
      running = await start()
    },
    stop: () => running.stop(),
  }
}
