import type { Verdict } from './verdict.ts'

/** What came of all cases on one runtime. */
export interface Column {
  runtime: string
  verdicts: Verdict[]
}

const SHOWN = { pass: 'pass', skip: 'skip', fail: 'FAIL', missing: 'NOT RUN' }

type Result = keyof typeof SHOWN

/**
 * Writes a table of cases by runtimes for each suite, with the reason of each cell that is not a pass below it, and at the
 * end a table of suites by runtimes with what was counted.
 */
export function matrix(columns: Column[]): string {
  const suites = suitesOf(columns)
  const tables = [...suites].map(([suite, titles]) => tableOf(suite, titles, columns))
  return [...tables, countsOf(suites, columns)].join('\n\n')
}

/** Tells whether every case has passed, or was skipped, on every runtime. */
export function isClean(columns: Column[]): boolean {
  const good = (result: Result): boolean => result === 'pass' || result === 'skip'
  return [...suitesOf(columns)].every(([suite, titles]) =>
    columns.every((column) => titles.every((title) => good(resultOf(column, suite, title)))),
  )
}

/** The titles of each suite: of all runtimes together, as one may have ended before it ran all. */
function suitesOf(columns: Column[]): Map<string, string[]> {
  const suites = new Map<string, Set<string>>()
  for (const { suite, title } of columns.flatMap(({ verdicts }) => verdicts)) {
    suites.set(suite, (suites.get(suite) ?? new Set()).add(title))
  }
  return new Map([...suites].map(([suite, titles]) => [suite, [...titles]]))
}

function tableOf(suite: string, titles: string[], columns: Column[]): string {
  const rows = titles.map((title) => ({
    name: `  ${title}`,
    cells: columns.map((column) => SHOWN[resultOf(column, suite, title)]),
  }))
  return [grid(suite, columns, rows), ...columns.flatMap((column) => reasons(column, suite, titles))].join(
    '\n',
  )
}

function countsOf(suites: Map<string, string[]>, columns: Column[]): string {
  const rows = [...suites].map(([suite, titles]) => ({
    name: suite,
    cells: columns.map((column) => counts(titles.map((title) => resultOf(column, suite, title)))),
  }))
  return grid('passed, skipped (s), failed (F), not run (?)', columns, rows)
}

/** Writes counts such as `77 4s`. */
function counts(results: Result[]): string {
  const count = (wanted: Result): number => results.filter((result) => result === wanted).length
  const others = [`${count('skip')}s`, `${count('fail')}F`, `${count('missing')}?`]
  return [count('pass'), ...others.filter((other) => Number.parseInt(other, 10) > 0)].join(' ')
}

function grid(corner: string, columns: Column[], rows: { name: string; cells: string[] }[]): string {
  const first = Math.max(corner.length, ...rows.map(({ name }) => name.length))
  const widths = columns.map(({ runtime }, at) =>
    Math.max(runtime.length, ...rows.map(({ cells }) => cells[at]?.length ?? 0)),
  )
  const line = (name: string, cells: string[]): string =>
    [name.padEnd(first), ...cells.map((cell, at) => cell.padEnd(widths[at] ?? 0))].join('  ').trimEnd()
  const head = line(
    corner,
    columns.map(({ runtime }) => runtime),
  )
  return [head, ...rows.map(({ name, cells }) => line(name, cells))].join('\n')
}

function resultOf({ verdicts }: Column, suite: string, title: string): Result {
  return verdicts.find((verdict) => verdict.suite === suite && verdict.title === title)?.result ?? 'missing'
}

/** Says why cells of a suite are no passes on a runtime: each reason once, with the cases it is for. */
function reasons(column: Column, suite: string, titles: string[]): string[] {
  const verdicts = column.verdicts.filter((verdict) => verdict.suite === suite)
  const skipped = Map.groupBy(
    verdicts.filter(({ result }) => result === 'skip'),
    ({ reason }) => reason,
  )
  const failed = verdicts.filter(({ result }) => result === 'fail')
  return [
    ...[...skipped].map(([reason, cases]) => {
      const which = cases.length === titles.length ? 'all' : cases.map(({ title }) => title).join(', ')
      return `  ${column.runtime}: skip ${which}: ${reason}`
    }),
    ...failed.map(
      ({ title, reason }) => `  ${column.runtime}: FAIL ${title}\n    ${reason.replaceAll('\n', '\n    ')}`,
    ),
  ]
}
