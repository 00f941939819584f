// Prints what every adapter does in every conformance case: pass, a named skip, or a failure. Exits with 1 on a failure.
import { adapterConformance } from '../../src/testing/adapter-conformance.ts'
import { SUBJECTS, type Subject } from './harness/subjects.ts'

/** What came of one case on one adapter. */
type Cell = { outcome: 'pass' } | { outcome: 'skip' | 'FAIL'; why: string }

/** Thrown out of a case that is skipped. */
class Skipped extends Error {}

const context = {
  skip: (reason: string): never => {
    throw new Skipped(reason)
  },
}

/** Runs every case on an adapter, one after another. */
async function columnOf(subject: Subject): Promise<Map<string, Cell>> {
  const cases: { id: string; run: (context: unknown) => Promise<void> }[] = []
  adapterConformance({
    ...subject,
    test: (title, run) => cases.push({ id: /adapter\/[\w-]+/.exec(title)?.[0] ?? title, run }),
  })
  const column = new Map<string, Cell>()
  for (const { id, run } of cases) column.set(id, await cellOf(run))
  return column
}

async function cellOf(run: (context: unknown) => Promise<void>): Promise<Cell> {
  try {
    await run(context)
    return { outcome: 'pass' }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { outcome: error instanceof Skipped ? 'skip' : 'FAIL', why }
  }
}

/** Lays the columns out as a table, with the reasons for what did not pass below it. */
function tableOf(columns: ReadonlyMap<string, ReadonlyMap<string, Cell>>): string[] {
  const names = [...columns.keys()]
  const ids = [...(columns.values().next().value?.keys() ?? [])]
  const width = Math.max(...ids.map((id) => id.length))
  const lines = [row('case', names)]
  const reasons = new Set<string>()
  for (const id of ids) {
    const cells = names.map((name) => {
      const cell = columns.get(name)?.get(id)
      if (cell !== undefined && cell.outcome !== 'pass')
        reasons.add(`${cell.outcome}  ${name}  ${id}: ${cell.why}`)
      return cell?.outcome ?? ''
    })
    lines.push(row(id, cells))
  }
  return [...lines, '', ...reasons]

  function row(first: string, cells: readonly string[]): string {
    const padded = cells.map((cell, at) => cell.padEnd(names[at]?.length ?? 0))
    return [first.padEnd(width), ...padded].join('  ').trimEnd()
  }
}

// Frameworks and adapters show on the console the errors that are provoked here.
console.error = () => {}
const columns = new Map<string, Map<string, Cell>>()
for (const subject of Object.values(SUBJECTS)) columns.set(subject.name, await columnOf(subject))
for (const line of tableOf(columns)) console.log(line)
const cells = [...columns.values()].flatMap((column) => [...column.values()])
const count = (outcome: Cell['outcome']): number => cells.filter((cell) => cell.outcome === outcome).length
console.log(`\n${count('pass')} pass, ${count('skip')} skipped with a reason, ${count('FAIL')} failed`)
process.exit(count('FAIL') === 0 ? 0 : 1)
