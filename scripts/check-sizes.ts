import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { report } from './report.ts'
import { filesUnder } from './source-files.ts'

/** The longest a file may be, in lines. */
const LIMITS: { pattern: string; lines: number; advice: string }[] = [
  { pattern: 'src/**/*.ts', lines: 400, advice: 'move a concept of its own into a file of its own' },
  { pattern: 'test/**/*.ts', lines: 500, advice: 'split it by behaviour' },
  { pattern: 'scripts/**/*.ts', lines: 150, advice: 'move a concept of its own into a file of its own' },
]

/** Finds the files that are too long. */
export function checkSizes(root: string): string[] {
  return LIMITS.flatMap(({ pattern, lines, advice }) =>
    sizes(root, pattern)
      .filter((file) => file.lines > lines)
      .map(
        (file) =>
          `${file.path}:${lines + 1} has ${file.lines} lines, at most ${lines} are allowed: ${advice}.`,
      ),
  )
}

/** Gives the length in the middle; 0 when there are no files. */
export function median(root: string, pattern: string): number {
  const lines = sizes(root, pattern).map((file) => file.lines)
  return lines.sort((a, b) => a - b)[Math.floor(lines.length / 2)] ?? 0
}

function sizes(root: string, pattern: string): { path: string; lines: number }[] {
  return filesUnder(root, pattern).map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0) }
  })
}

if (import.meta.main) {
  const root = process.cwd()
  const medians = LIMITS.map(({ pattern }) => `${pattern} ${median(root, pattern)}`).join(', ')
  report('check-sizes', checkSizes(root), `no file too long; median lines: ${medians}`)
}
