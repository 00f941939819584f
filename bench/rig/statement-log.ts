import { setTimeout as delay } from 'node:timers/promises'
import { type PostgresServer, startPostgres } from '../../test/servers/postgres.ts'

const FILE = 'statements.log'
const MARK = 'end-of-watch-'
const LOGGED = /LOG: {2}(?:statement|execute [^:]+): \s*(\w+)/g
// From the connections that read the log.
const OWN = /pg_read_file|end-of-watch-/

/** Starts a PostgreSQL server that writes every statement down. */
export function startLoggingPostgres(): Promise<PostgresServer> {
  return startPostgres({
    log_statement: 'all',
    logging_collector: 'on',
    log_directory: '.',
    log_filename: FILE,
    log_line_prefix: '',
  })
}

/** Gives the first words of the statements that the server was sent while `work` ran. */
export async function statementsDuring(
  server: PostgresServer,
  work: () => Promise<unknown>,
): Promise<string[]> {
  const before = (await readLog(server)).length
  await work()
  const log = (await readLog(server)).slice(before)
  const lines = log.split('\n').filter((line) => !OWN.test(line))
  return [...lines.join('\n').matchAll(LOGGED)].map(([, word = '']) => word.toUpperCase())
}

let marks = 0

/** Gives the whole log, once all that was sent so far is in it. */
async function readLog(server: PostgresServer): Promise<string> {
  const mark = `${MARK}${++marks};`
  await server.ask(`SELECT 1 -- ${mark}`)
  for (;;) {
    const [row] = await server.ask(`SELECT pg_read_file('${FILE}') AS log`)
    const log = String(row?.log)
    if (log.includes(mark)) return log
    await delay(10)
  }
}
