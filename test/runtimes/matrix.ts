import type { Verdict } from './verdict.ts'

/** What came of all cases on one runtime. */
export interface Column {
  runtime: string
  verdicts: Verdict[]
}

const SHOWN = { pass: 'pass', skip: 'skip', fail: 'FAIL', missing: '-' }

/** Writes the table of cases by runtimes, with the reason of each cell that is not a pass below it. */
export function matrix(columns: Column[]): string {
  const titles = titlesOf(columns)
  const width = Math.max(...titles.map((title) => title.length))
  const row = (title: string, cells: string[]): string =>
    [title.padEnd(width), ...cells.map((cell, at) => cell.padEnd(columns[at]?.runtime.length ?? 0))].join(
      '  ',
    )
  const runtimes = columns.map(({ runtime }) => runtime)
  const lines = titles.map((title) =>
    row(
      title,
      columns.map((column) => SHOWN[resultOf(column, title)]),
    ),
  )
  return [row('', runtimes), ...lines, '', ...columns.flatMap((column) => reasons(column, titles))].join('\n')
}

/** Tells whether every case has passed, or was skipped, on every runtime. */
export function isClean(columns: Column[]): boolean {
  const good = (result: string): boolean => result === 'pass' || result === 'skip'
  return titlesOf(columns).every((title) => columns.every((column) => good(resultOf(column, title))))
}

function titlesOf(columns: Column[]): string[] {
  return [...new Set(columns.flatMap(({ verdicts }) => verdicts.map(({ title }) => title)))]
}

function resultOf({ verdicts }: Column, title: string): keyof typeof SHOWN {
  return verdicts.find((verdict) => verdict.title === title)?.result ?? 'missing'
}

function reasons(column: Column, titles: string[]): string[] {
  const { runtime, verdicts } = column
  const skipped = Map.groupBy(
    verdicts.filter(({ result }) => result === 'skip'),
    ({ reason }) => reason,
  )
  const missing = titles.filter((title) => resultOf(column, title) === 'missing')
  return [
    ...[...skipped].map(([reason, { length }]) => `${runtime}: ${length} skipped, because ${reason}`),
    ...(missing.length > 0 ? [`${runtime}: ${missing.length} NOT RUN`] : []),
    ...verdicts
      .filter(({ result }) => result === 'fail')
      .map(({ title, reason }) => `${runtime}: FAIL ${title}\n  ${reason.replaceAll('\n', '\n  ')}`),
  ]
}
