import type { Measured } from './rig/measure.ts'
import type { Table } from './rig/question.ts'
import { readResults } from './rig/results.ts'
import { cpuShare, speedShare } from './rig/within-rounds.ts'
import { ONE_READ } from './scale/one-read.ts'
import { AMONG_MANY } from './subjects/many-sessions.ts'

const SIZES = ['10,000', '100,000', '1,000,000', '5,000,000']

/** A figure to reach that is not a ratio to a bare framework. */
interface OtherTarget {
  what: string
  wanted: number
  /** Whether more is better. */
  atLeast: boolean
  /** Takes it from the latest results; `undefined` when they do not have it. */
  figure(): number | undefined
  /** The same of what does the least that can be done. */
  floor?(): number | undefined
}

const TARGETS: readonly OtherTarget[] = [
  {
    what: 'Redis READ: CPU, of a GET and a JSON.parse by hand',
    wanted: 1.15,
    atLeast: false,
    figure: () => share(cpuShare, 'read', 'coatcheck', 'GET and JSON.parse by hand'),
  },
  {
    what: 'near-cache hit: CPU, of the memory store',
    wanted: 1.1,
    atLeast: false,
    figure: () => share(cpuShare, 'read', 'coatcheck, near cache', 'coatcheck, memory store'),
  },
  {
    what: 'createApp counter: CPU, bare Hono = 1',
    wanted: 0.75,
    atLeast: true,
    figure: () => measuredOf('app', 'createApp')?.ratio,
  },
  {
    what: 'createApp counter: requests, of Express + express-session',
    wanted: 2,
    atLeast: true,
    figure: () => share(speedShare, 'app', 'createApp', 'express-session, MemoryStore'),
  },
  {
    what: 'createApp counter: requests, of Fastify + @fastify/session',
    wanted: 2,
    atLeast: true,
    figure: () => share(speedShare, 'app', 'createApp', '@fastify/session'),
  },
  {
    what: 'memory store: bytes a session beyond its data, at 1,000,000',
    wanted: 250,
    atLeast: false,
    figure: () => ofMemoryStore('coatcheck', 'bytes beyond the data', '1,000,000'),
  },
  {
    what: 'memory store: longest pause while the expired half is removed, at any size, ms',
    wanted: 10,
    atLeast: false,
    figure: () => worstOfMemoryStore('while the expired half is removed, ms'),
  },
  {
    what: 'memory store: gets a second at 5,000,000 sessions, of those at 10,000',
    wanted: 0.8,
    atLeast: true,
    figure: () => growthOf('coatcheck', 'gets/s'),
    floor: () => growthOf(ONE_READ, 'gets/s'),
  },
  {
    what: 'memory store: gets and writes a second, the same',
    wanted: 0.8,
    atLeast: true,
    figure: () => growthOf('coatcheck', 'gets and writes/s'),
    floor: () => growthOf(ONE_READ, 'gets and writes/s'),
  },
  {
    what: 'memory store: a READ among few sessions, of one among 5,000,000, CPU',
    wanted: 0.8,
    atLeast: true,
    figure: () => populationShare('READ'),
  },
  {
    what: 'memory store: a WRITE, the same',
    wanted: 0.8,
    atLeast: true,
    figure: () => populationShare('WRITE'),
  },
]

/** Fills the other figures to reach in from the latest results. */
export function otherTargetTable(): Table {
  return {
    title: 'Other figures to reach',
    columns: ['figure', 'wanted', 'ours'],
    rows: TARGETS.map((target) => [
      target.what,
      `${target.atLeast ? 'at least' : 'at most'} ${target.wanted}`,
      verdict(target),
    ]),
  }
}

function verdict({ wanted, atLeast, figure, floor }: OtherTarget): string {
  const ours = figure()
  if (ours === undefined) return '?'
  const reached = atLeast ? ours >= wanted : ours <= wanted
  const least = floor?.()
  return `${ours < 10 ? ours.toFixed(2) : ours.toFixed(0)} ${reached ? 'reached' : 'MISSED'}${
    least === undefined ? '' : ` (floor ${least.toFixed(2)})`
  }`
}

/** Gives what one subject has of another's figure. On Redis where the question has that. */
function share(by: typeof cpuShare, question: string, name: string, beside: string): number | undefined {
  const ours = measuredOf(question, name)
  const other = measuredOf(question, beside)
  return ours === undefined || other === undefined ? undefined : by(ours, other)
}

function measuredOf(question: string, name: string): Measured | undefined {
  const named = readResults(question)?.measured.filter(({ subject }) => subject === name) ?? []
  return named.find(({ framework, store }) => framework === 'node' && store === 'redis') ?? named[0]
}

/** Gives what a request costs where there are few sessions, of what it costs where there are many. */
function populationShare(variant: string): number | undefined {
  const measured = readResults('population')?.measured.filter((one) => one.variant === variant) ?? []
  const few = measured.find(({ subject }) => subject === 'coatcheck')
  const many = measured.find(({ subject }) => subject === AMONG_MANY)
  return few === undefined || many === undefined ? undefined : cpuShare(few, many)
}

function ofMemoryStore(name: string, column: string, sessions: string): number | undefined {
  const table = readResults('scale')?.tables.find(({ columns }) => columns.includes(column))
  const row = table?.rows.find(([store, size]) => store === name && size === sessions)
  const cell = row?.[table?.columns.indexOf(column) ?? -1]
  return cell === undefined ? undefined : Number(cell.replaceAll(',', ''))
}

function worstOfMemoryStore(column: string): number | undefined {
  const figures = SIZES.map((sessions) => ofMemoryStore('coatcheck', column, sessions)).filter(
    (one) => one !== undefined,
  )
  return figures.length === 0 ? undefined : Math.max(...figures)
}

/** Gives what is left of a figure when the store has grown from the smallest size to the largest. */
function growthOf(name: string, column: string): number | undefined {
  const [small, large] = [SIZES.at(0), SIZES.at(-1)].map((sessions) =>
    ofMemoryStore(name, column, sessions ?? ''),
  )
  return small === undefined || large === undefined ? undefined : large / small
}
