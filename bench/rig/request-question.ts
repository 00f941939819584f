import { SESSION_BYTES } from '../subjects/sample-session.ts'
import type { Route, StoreName } from '../subjects/subject.ts'
import { type Bench, oneProcessEach } from './bench.ts'
import { cellsFor } from './cells.ts'
import { compare, type Measured } from './measure.ts'
import type { Outcome, Question, Table } from './question.ts'
import { short } from './statistics.ts'

/** A question about what one kind of request costs, on every framework. */
export interface RequestQuestion extends Question {
  path: Route
  /** Gives the Cookie headers to send, from those of visitors who signed in. */
  cookies: (signedIn: readonly string[]) => readonly string[]
  /** The stores it is asked about by default. */
  stores: readonly StoreName[]
  /** Whether there is no figure to reach, so that one server of each subject is enough. Default `false`. */
  withoutTarget?: boolean
}

/** Makes one. */
export function requestQuestion(question: Omit<RequestQuestion, 'ask'>): RequestQuestion {
  const made: RequestQuestion = { ...question, ask: (bench) => ask(made, bench) }
  return made
}

async function ask(question: RequestQuestion, bench: Bench): Promise<Outcome> {
  const measured: Measured[] = []
  const cells = cellsFor(bench.options, question.stores)
  const notices = cells.length === 0 ? ['Nothing fits --only and --store.'] : []
  for (const { framework, store, subjects } of cells) {
    const able = subjects.filter(({ routes }) => routes === undefined || routes.includes(question.path))
    bench.tell(`${question.name}: ${framework} on ${store} (${able.map(({ name }) => name).join(', ')})`)
    const traffic = { path: question.path, cookies: question.cookies, visitors: bench.options.visitors }
    const setup = { store, sessionBytes: SESSION_BYTES }
    const asked = question.withoutTarget === true ? oneProcessEach(bench) : bench
    const comparison = await compare(asked, able, setup, traffic)
    measured.push(...comparison.measured)
    notices.push(...comparison.notices)
  }
  return { tables: [requestTable(question.title, measured)], measured, notices }
}

/** Lays measurements out as a table. */
export function requestTable(title: string, measured: readonly Measured[]): Table {
  return {
    title,
    columns: [
      'on',
      'store',
      'subject',
      'CPU us/request',
      'of it in the kernel',
      'beyond bare',
      'ratio to bare',
      'requests/s',
    ],
    rows: measured.map((one) => [
      one.framework,
      one.store,
      one.subject,
      short(one.cpuMicros),
      short(one.systemMicros),
      one.kind === 'bare' ? '' : short(one.added),
      one.kind === 'bare' ? '' : `${one.ratio.toFixed(2)} (${span(one.ratios)})`,
      short(one.perSecond),
    ]),
  }
}

function span(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)}`
}
