import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { findOrInstall } from './find-or-install.ts'
import { freePort } from './free-port.ts'
import { type StartedProcess, startProcess, temporaryFolder } from './start-process.ts'
import { giveFolder, runToEnd, systemUser } from './system-user.ts'

/** A real PostgreSQL server on loopback, with its data in a folder of its own. */
export interface PostgresServer {
  /** The port on 127.0.0.1. The same after a restart. */
  readonly port: number
  /** `postgres://postgres@127.0.0.1:port/postgres`. */
  readonly url: string
  /** Runs SQL over a connection of its own and gives the rows. */
  ask(sql: string): Promise<Record<string, unknown>[]>
  /** Ends it as a crash would, with SIGKILL, and waits until its processes are gone. Its data stay. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, after `kill`. */
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

// Where Debian keeps the server's programs, newest version first. They are not on PATH.
const FOLDERS = Array.from({ length: 9 }, (_, index) => `/usr/lib/postgresql/${20 - index}/bin`)

function findProgram(program: string): Promise<string> {
  return findOrInstall({ program, debianPackage: 'postgresql', folders: FOLDERS })
}

async function askAt(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {}) // the call below rejects with it
  try {
    await client.connect()
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return rows
  } finally {
    client.end().catch(() => {}) // one that never connected has nothing to end
  }
}

/**
 * Waits until the clients that were ended have left, 2 seconds at most. A pool of pg says that it has ended before its
 * connections have, and one that hears of the server's end in between has nobody left to tell.
 */
async function clientsGone(url: string): Promise<void> {
  const others = `SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`
  try {
    for (let poll = 0; poll < 80 && (await askAt(url, others)).length > 0; poll++) await delay(25)
  } catch {
    // It was stopped before: there is nobody to wait for.
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The one role that needs its password to log in, once it is made. */
export const PASSWORD_ROLE = 'locked'

/** Starts a PostgreSQL server, ready when it answers a query. All but one role log in without a password. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  const initdb = await findProgram('initdb')
  const postgres = await findProgram('postgres')
  const user = systemUser('postgres')
  const folder = temporaryFolder('postgres')
  giveFolder(folder, user)
  const data = join(folder, 'data')
  runToEnd(
    initdb,
    ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync'],
    user,
  )
  const rules = join(data, 'pg_hba.conf')
  writeFileSync(rules, `host all ${PASSWORD_ROLE} 127.0.0.1/32 scram-sha-256\n${readFileSync(rules, 'utf8')}`)

  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  // Without fsync a crash of the operating system could lose writes; a crash of the server cannot.
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', ...settings }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const start = (): Promise<StartedProcess> =>
    startProcess(postgres, ['-D', data, '-p', String(port), ...flags], {
      folder,
      ...user,
      ready: async () => (await askAt(url, 'SELECT 1')).length === 1,
    })

  let running = await start()
  return {
    port,
    url,
    ask: (sql) => askAt(url, sql),
    kill: async () => {
      // They notice that the server is gone and end; until then a new one would not start on their memory.
      const children = childrenOf(running.pid)
      await running.kill()
      while (children.some(isAlive)) await delay(5)
    },
    restart: async () => {
      running = await start()
    },
    stop: async () => {
      await clientsGone(url)
      await running.stop('SIGINT') // SIGTERM would wait for the clients to leave, however long
    },
  }
}
