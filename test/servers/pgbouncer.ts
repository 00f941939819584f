import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { findOrInstall } from './find-or-install.ts'
import { freePort } from './free-port.ts'
import { startProcess, temporaryFolder } from './start-process.ts'
import { giveFolder, systemUser } from './system-user.ts'

/** A PgBouncer in front of a PostgreSQL server, in transaction mode. */
export interface Pgbouncer {
  /** `postgres://postgres@127.0.0.1:port/postgres`. */
  readonly url: string
  /** Ends it. */
  stop(): Promise<void>
}

/** Starts a PgBouncer that spreads statements over two connections to a server on this port. */
export async function startPgbouncer(postgresPort: number): Promise<Pgbouncer> {
  const program = await findOrInstall({ program: 'pgbouncer', debianPackage: 'pgbouncer' })
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const folder = temporaryFolder('pgbouncer')
  const settings = join(folder, 'pgbouncer.ini')
  writeFileSync(join(folder, 'users.txt'), '"postgres" ""\n')
  writeFileSync(
    settings,
    `[databases]
* = host=127.0.0.1 port=${postgresPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 2
`,
  )
  const user = systemUser('postgres')
  giveFolder(folder, user)
  const ready = async (): Promise<boolean> => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {}) // the query rejects with it
    try {
      await client.connect()
      return (await client.query('SELECT 1')).rowCount === 1
    } finally {
      client.end().catch(() => {})
    }
  }
  const running = await startProcess(program, [settings], { folder, ready, ...user })
  return { url, stop: () => running.stop('SIGKILL') }
}
