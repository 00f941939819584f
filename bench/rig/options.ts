import { parseArgs } from 'node:util'
import { allSubjects } from '../subjects/all-subjects.ts'
import { ALL_STORES, type StoreName } from '../subjects/subject.ts'

/** What the command line asks for. */
export interface BenchOptions {
  /** The names of questions; empty for all. */
  questions: readonly string[]
  /** Framework names, or parts of subjects' names; empty for all. The bare framework is always taken along. */
  only: readonly string[]
  /** Store names; empty for each question's own choice. */
  stores: readonly StoreName[]
  /** How many servers of a subject are measured side by side; peers and floors get one, as does everybody where `bench/README.md` says so. */
  processes: number
  /** How often each server is measured. */
  rounds: number
  /** The length of one measurement, in seconds. */
  seconds: number
  /** The length of the unmeasured load on each server before the first one, in seconds; on Express and Hono a third more. */
  warmup: number
  connections: number
  /** How many visitors take turns. */
  visitors: number
  /** Everything: all stores on all frameworks. Takes hours. */
  full: boolean
  /** How many records the largest table of a database gets. */
  records: number
  /** Whether everything is as it is by default, so that the results stand for the question. */
  asUsual: boolean
}

const USAGE = `npm run bench -- [question ...] [options]

  --only <name>       a framework, or part of a subject's name; may be given again
  --store <name>      memory, sqlite, redis or postgres; may be given again. app, population, session-size and
                      cookie-count are asked about all they are about, whatever is chosen
  --processes <n>     how many servers of a subject are measured (default 2; peers and floors 1)
  --rounds <n>        how often each server is measured (default 7)
  --seconds <n>       how long each time, in slices (default 0.15)
  --warmup <n>        how long before the first time; on Express and Hono a third more (default 3)
  --connections <n>   how many at once (default 32)
  --visitors <n>      how many sessions take turns (default 500)
  --records <n>       the largest database table (default 1000000)
  --full              all stores on all frameworks; takes hours`

/**
 * Reads the command line.
 * @throws {Error} it cannot be understood; the message says how it is used.
 */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args)
  return {
    questions: positionals,
    only: (values.only ?? []).map(subjectText),
    stores: (values.store ?? []).map(storeName),
    processes: wholeNumber('processes', values.processes, 2),
    rounds: wholeNumber('rounds', values.rounds, 7),
    seconds: aboveZero('seconds', values.seconds, 0.15),
    warmup: aboveZero('warmup', values.warmup, 3),
    connections: wholeNumber('connections', values.connections, 32),
    visitors: wholeNumber('visitors', values.visitors, 500),
    records: wholeNumber('records', values.records, 1_000_000),
    full: values.full ?? false,
    asUsual: Object.keys(values).every((name) => name === 'full'),
  }
}

function storeName(name: string): StoreName {
  const found = ALL_STORES.find((store) => store === name)
  if (found !== undefined) return found
  throw new Error(`--store takes ${ALL_STORES.join(', ')}, not '${name}'.\n\n${USAGE}`)
}

function subjectText(text: string): string {
  if (allSubjects.some(({ framework, name }) => framework === text || name.includes(text))) return text
  throw new Error(`--only '${text}' is neither a framework nor part of a subject's name.\n\n${USAGE}`)
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: { type: 'string', multiple: true },
        store: { type: 'string', multiple: true },
        processes: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        warmup: { type: 'string' },
        connections: { type: 'string' },
        visitors: { type: 'string' },
        records: { type: 'string' },
        full: { type: 'boolean' },
      },
    })
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : cause}\n\n${USAGE}`, { cause })
  }
}

function wholeNumber(name: string, text: string | undefined, byDefault: number): number {
  const number = aboveZero(name, text, byDefault)
  if (Number.isInteger(number)) return number
  throw new Error(`--${name} needs a whole number, not '${text}'.\n\n${USAGE}`)
}

function aboveZero(name: string, text: string | undefined, byDefault: number): number {
  if (text === undefined) return byDefault
  const number = Number(text)
  if (Number.isFinite(number) && number > 0) return number
  throw new Error(`--${name} needs a number above 0, not '${text}'.\n\n${USAGE}`)
}
