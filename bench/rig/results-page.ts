import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { otherTargetTable } from '../other-targets.ts'
import { peerWins } from '../peer-wins.ts'
import { targetTable } from '../targets.ts'
import { machineLine } from './machine.ts'
import type { Question } from './question.ts'
import { type Results, readResults, tableMarkdown } from './results.ts'

const PAGE = join(import.meta.dirname, '../RESULTS.md')

/** Writes `RESULTS.md` from the latest results of every question. */
export function writeResultsPage(questions: readonly Question[]): void {
  const results = questions.flatMap(({ name }) => readResults(name) ?? [])
  const targets = [targetTable(), otherTargetTable()]
  const wins = peerWins(questions.map(({ name }) => name))
  const page = [
    '# Results of the benchmark',
    'Made by `npm run bench`; see [README.md](README.md) for what is measured and how. Absolute figures are those of the machine named with them; what to compare is the ratios of one table.',
    ...targets.flatMap((table) => [`## ${table.title}`, tableMarkdown(table)]),
    '## Where a peer costs less',
    wins.length === 0 ? 'Nowhere in the results below.' : wins.map((win) => `- ${win}`).join('\n'),
    ...results.flatMap(section),
    ...versions(results),
  ]
  writeFileSync(PAGE, `${page.join('\n\n')}\n`)
}

function section({ title, machine, tables, notices }: Results): string[] {
  return [
    `## ${title}`,
    machineLine(machine),
    ...tables.flatMap((table) => [
      ...(table.title === title ? [] : [`### ${table.title}`]),
      tableMarkdown(table),
    ]),
    ...(notices.length === 0 ? [] : [notices.map((notice) => `- ${notice}`).join('\n')]),
  ]
}

function versions(results: readonly Results[]): string[] {
  const latest = results.toSorted((a, b) => b.machine.taken.localeCompare(a.machine.taken))[0]
  if (latest === undefined) return []
  const list = Object.entries(latest.machine.versions).map(([name, version]) => `${name} ${version}`)
  return ['## Versions', list.join(', ')]
}
