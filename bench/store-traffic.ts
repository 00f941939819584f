import { commandsDuring } from '../test/servers/redis-monitor.ts'
import { create } from './create.ts'
import { forged } from './forged.ts'
import { read } from './read.ts'
import { cellsFor } from './rig/cells.ts'
import type { Question, Table } from './rig/question.ts'
import type { RequestQuestion } from './rig/request-question.ts'
import { ServerProcess } from './rig/server-process.ts'
import { startLoggingPostgres, statementsDuring } from './rig/statement-log.ts'
import { signIn, Visitor } from './rig/visitors.ts'
import { SESSION_BYTES } from './subjects/sample-session.ts'
import type { StoreName, Subject } from './subjects/subject.ts'
import { untouched } from './untouched.ts'
import { visitor } from './visitor.ts'
import { write } from './write.ts'

const QUESTIONS: readonly RequestQuestion[] = [read, write, untouched, visitor, create, forged]
const REQUESTS = 20

/** Names what a database was sent while `work` ran. */
type Watch = (work: () => Promise<unknown>) => Promise<string[]>

/** What the stores' servers are sent for one request, counted by the servers themselves. */
export const storeTraffic: Question = {
  name: 'store-traffic',
  title: 'STORE TRAFFIC: commands or statements a request, counted on the server',
  async ask(bench) {
    const notices: string[] = []
    const redis = await bench.backends.redis()
    const watchRedis: Watch = async (work) => (await commandsDuring(redis, work)).map(({ name }) => name)
    bench.tell('store-traffic: redis')
    const tables = [await trafficTable('redis', redis.url, watchRedis, bench.options, notices)]
    const postgres = await startLoggingPostgres()
    try {
      bench.tell('store-traffic: postgres')
      const watch: Watch = (work) => statementsDuring(postgres, work)
      tables.push(await trafficTable('postgres', postgres.url, watch, bench.options, notices))
    } finally {
      await postgres.stop()
    }
    return { tables, measured: [], notices }
  },
}

async function trafficTable(
  store: StoreName,
  storeUrl: string,
  watch: Watch,
  options: Parameters<typeof cellsFor>[0],
  notices: string[],
): Promise<Table> {
  const cells = cellsFor({ ...options, stores: [store], full: false }, [store])
  const subjects = cells.flatMap((cell) =>
    cell.subjects.filter((one) => one.kind === 'ours' || one.kind === 'peer'),
  )
  const rows: string[][] = []
  for (const subject of subjects) {
    try {
      rows.push([
        `${subject.name} on ${subject.framework}`,
        ...(await trafficOf(subject, { store, storeUrl }, watch)),
      ])
    } catch (error) {
      notices.push(
        `${subject.framework}/${subject.name} on ${store}: ${error instanceof Error ? error.message : error}`,
      )
    }
  }
  return { title: `On ${store}`, columns: ['subject', ...QUESTIONS.map(({ name }) => name)], rows }
}

async function trafficOf(
  subject: Subject,
  where: { store: StoreName; storeUrl: string },
  watch: Watch,
): Promise<string[]> {
  const server = await ServerProcess.start(subject, { ...where, sessionBytes: SESSION_BYTES })
  try {
    const cells: string[] = []
    for (const { path, cookies } of QUESTIONS) {
      const [cookie = ''] = cookies(await signIn(server.url, 1))
      const client = new Visitor(server.url)
      // Once before: what is loaded or prepared at first use is not what a request costs.
      await client.get(path, cookie)
      const seen = await watch(async () => {
        for (let request = 0; request < REQUESTS; request++) await client.get(path, cookie)
      })
      cells.push(inWords(seen))
    }
    return cells
  } finally {
    server.stop()
  }
}

/** Such as `2: GET 1, SET 1`. */
function inWords(seen: readonly string[]): string {
  const perRequest = (count: number): string => (count / REQUESTS).toFixed(2).replace(/\.?0+$/, '')
  const names = [...Map.groupBy(seen, (name) => name)].map(
    ([name, all]) => `${name} ${perRequest(all.length)}`,
  )
  return names.length === 0 ? '0' : `${perRequest(seen.length)}: ${names.join(', ')}`
}
