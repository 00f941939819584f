import { allSubjects } from '../subjects/all-subjects.ts'
import type { Framework, Setup, Subject } from '../subjects/subject.ts'
import type { Bench } from './bench.ts'
import { compare, type Measured } from './measure.ts'
import type { Outcome, Table } from './question.ts'
import type { Traffic } from './runner.ts'
import { short } from './statistics.ts'

/** One value of what a question varies. */
export interface Variant {
  /** What tables call it. */
  label: string
  sessionBytes: number
  traffic: Traffic
}

/** Finds subjects by framework and name, in the order given. */
export function subjectsNamed(names: readonly (readonly [Framework, string])[]): Subject[] {
  return names.flatMap(([framework, name]) =>
    allSubjects.filter((subject) => subject.framework === framework && subject.name === name),
  )
}

/**
 * Measures subjects, each with the bare framework it stands on, once for every variant.
 * @returns A table of what the session adds to each request: a row a subject, a column a variant.
 */
export async function compareVariants(
  bench: Bench,
  title: string,
  subjects: readonly Subject[],
  variants: readonly Variant[],
): Promise<Outcome> {
  const measured: Measured[] = []
  const notices: string[] = []
  for (const { label, sessionBytes, traffic } of variants) {
    bench.tell(`${title}: ${label}`)
    for (const [framework, inFramework] of Map.groupBy(subjects, (subject) => subject.framework)) {
      const contestants = [...subjectsNamed([[framework, 'bare']]), ...inFramework]
      const setup: Omit<Setup, 'storeUrl'> = { store: 'memory', sessionBytes }
      const comparison = await compare(bench, contestants, setup, traffic)
      measured.push(...comparison.measured.map((one) => ({ ...one, variant: label })))
      notices.push(...comparison.notices)
    }
  }
  return { tables: [addedTable(title, measured, variants)], measured, notices }
}

function addedTable(title: string, measured: readonly Measured[], variants: readonly Variant[]): Table {
  const sessions = measured.filter(({ kind }) => kind !== 'bare')
  const rows = Map.groupBy(sessions, ({ framework, subject }) => `${subject} on ${framework}`)
  return {
    title,
    columns: ['us a request beyond the bare framework', ...variants.map(({ label }) => label)],
    rows: [...rows].map(([name, ones]) => [
      name,
      ...variants.map(({ label }) =>
        short(ones.find(({ variant }) => variant === label)?.added ?? Number.NaN),
      ),
    ]),
  }
}
