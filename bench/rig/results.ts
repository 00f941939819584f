import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import type { Outcome, Table } from './question.ts'

/** What a question's file of results holds. */
export interface Results extends Outcome {
  question: string
  title: string
  machine: Machine
}

const FOLDER = join(import.meta.dirname, '../results')

/** Writes a question's results over those of last time. */
export function writeResults(results: Results): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(fileOf(results.question), `${JSON.stringify(results, null, 2)}\n`)
}

/** Reads a question's latest results; `undefined` when it was never asked. */
export function readResults(question: string): Results | undefined {
  const file = fileOf(question)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** Lays a table out for a terminal. */
export function tableText({ title, columns, rows }: Table): string {
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (isNumber(cell) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [title, line(columns), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join(
    '\n',
  )
}

/** Lays a table out in Markdown. */
export function tableMarkdown({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

function isNumber(cell: string): boolean {
  return /^[-\d.,]+$/.test(cell)
}

function fileOf(question: string): string {
  return join(FOLDER, `${question}.json`)
}
