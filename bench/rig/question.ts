import type { Bench } from './bench.ts'
import type { Measured } from './measure.ts'

/** A table as it is printed. */
export interface Table {
  title: string
  columns: readonly string[]
  rows: readonly (readonly string[])[]
}

/** What came out of a question. */
export interface Outcome {
  tables: Table[]
  /** The measurements of requests behind the tables, for the targets and for whoever wants to look closer. */
  measured: Measured[]
  /** What could not be measured, and why. */
  notices: string[]
}

/** Makes one outcome of several. */
export function together(outcomes: readonly Outcome[]): Outcome {
  return {
    tables: outcomes.flatMap(({ tables }) => tables),
    measured: outcomes.flatMap(({ measured }) => measured),
    notices: outcomes.flatMap(({ notices }) => notices),
  }
}

/** One question the benchmark answers. */
export interface Question {
  /** What the command line and the files of results call it. */
  name: string
  /** The question in one line. */
  title: string
  ask(bench: Bench): Promise<Outcome>
}
