import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench } from './rig/bench.ts'
import { onServerCore } from './rig/cores.ts'
import type { Question, Table } from './rig/question.ts'
import { short } from './rig/statistics.ts'
import type { DatabaseFindings } from './scale/measure-database.ts'
import type { MemoryFindings } from './scale/measure-memory.ts'
import { SAME_WORK } from './scale/memory-subjects.ts'
import { ONE_READ } from './scale/one-read.ts'
import { heapMegabytes } from './subjects/sample-session.ts'
import type { StoreName } from './subjects/subject.ts'

const OUR_SIZES = [10_000, 100_000, 1_000_000, 5_000_000]
const COMPARED_SIZES = [1_000_000]
const FLOOR_SIZES = [10_000, 5_000_000]
const COMPARED = [SAME_WORK, 'express-session MemoryStore', 'memorystore']
const DATABASES: readonly StoreName[] = ['sqlite', 'redis', 'postgres']
/** The smaller tables that a database is measured at on the way to its largest. */
const SMALLER = [10_000, 100_000]

const execute = promisify(execFile)

/** What stores cost as the number of their sessions grows. */
export const scale: Question = {
  name: 'scale',
  title: 'SCALE: many sessions',
  async ask(bench) {
    const { stores } = bench.options
    const wanted = (store: StoreName): boolean => stores.length === 0 || stores.includes(store)
    const tables = wanted('memory') ? [await memoryTable(bench)] : []
    for (const store of DATABASES.filter(wanted)) tables.push(await databaseTable(bench, store))
    return { tables, measured: [], notices: [] }
  },
}

async function memoryTable(bench: Bench): Promise<Table> {
  const rows: string[][] = []
  for (const [name, sizes] of [
    ['coatcheck', OUR_SIZES] as const,
    [ONE_READ, FLOOR_SIZES] as const,
    ...COMPARED.map((one) => [one, COMPARED_SIZES] as const),
  ]) {
    for (const sessions of sizes) {
      bench.tell(`scale: ${name}, ${sessions.toLocaleString('en-US')} sessions in memory`)
      const flags = ['--expose-gc', `--max-old-space-size=${heapMegabytes(sessions)}`]
      const findings: MemoryFindings = await runScript([
        ...flags,
        script('measure-memory.ts'),
        name,
        String(sessions),
      ])
      rows.push([name, sessions.toLocaleString('en-US'), ...memoryCells(findings)])
    }
  }
  return {
    title: 'In the memory of one process (300-byte sessions)',
    columns: [
      'store',
      'sessions',
      'bytes beyond the data',
      'gets/s',
      'gets and writes/s',
      'longest pause while filling, ms',
      'while the expired half is removed, ms',
      'removed in, ms',
    ],
    rows,
  }
}

function memoryCells(findings: MemoryFindings): string[] {
  const { overheadBytes, getsPerSecond, writesPerSecond, fillPause, sweepPause, sweepMillis } = findings
  return [
    overheadBytes === null ? '' : short(overheadBytes),
    short(getsPerSecond),
    short(writesPerSecond),
    short(fillPause),
    sweepPause === null ? 'never removed' : short(sweepPause),
    sweepMillis === null ? '' : short(sweepMillis),
  ]
}

async function databaseTable(bench: Bench, store: StoreName): Promise<Table> {
  const { records } = bench.options
  const sizes = [...SMALLER.filter((size) => size < records), records]
  bench.tell(`scale: ${store}, up to ${records.toLocaleString('en-US')} sessions`)
  const url = await bench.backends.urlOf(store)
  const findings: DatabaseFindings[] = await runScript([
    script('measure-database.ts'),
    store,
    url,
    sizes.join(','),
  ])
  return {
    title: `In ${store} (300-byte sessions, three of each user, 64 operations at a time)`,
    columns: [
      'sessions',
      'creates/s',
      'gets/s',
      'gets and replaces/s',
      "user's list, ms",
      "user's revoke, ms",
      'bytes a session',
    ],
    rows: findings.map((one) => [
      one.sessions.toLocaleString('en-US'),
      short(one.createsPerSecond),
      short(one.getsPerSecond),
      short(one.writesPerSecond),
      short(one.listMillis),
      short(one.revokeMillis),
      short(one.bytesPerSession),
    ]),
  }
}

function script(file: string): string {
  return join(import.meta.dirname, 'scale', file)
}

async function runScript<Findings>(args: readonly string[]): Promise<Findings> {
  const [program, programArgs] = onServerCore(process.execPath, args)
  const env = { ...process.env, NODE_ENV: 'production' }
  const { stdout } = await execute(program, programArgs, { env })
  return JSON.parse(stdout)
}
