// Runs the same cases on every runtime and prints which passed where: `npm run test:runtimes`, and `npm run matrix` for the
// adapters alone. Parts of names as arguments (`-- bun workerd`) run those runtimes only; `--part` runs stores, engine or adapters.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { httpSuite } from './http-cases.ts'
import { type Column, isClean, matrix } from './matrix.ts'
import { installPrograms } from './programs.ts'
import type { RunningRuntime } from './running-runtime.ts'
import { type Runtime, runtimes } from './runtimes.ts'
import { type Part, runSuite, type Suite } from './suites/suite.ts'
import type { Verdict } from './verdict.ts'

const { positionals: wanted, values: choice } = parseArgs({
  allowPositionals: true,
  options: { part: { type: 'string' } },
})

const STARTS = { suite: 'the runtime', title: 'starts and serves' }

async function columnOf({ name, start }: Runtime): Promise<Column> {
  const verdicts: Verdict[] = []
  let running: RunningRuntime | undefined
  try {
    running = await start()
    await runOn(running, verdicts)
    verdicts.unshift({ ...STARTS, result: 'pass', reason: '' })
  } catch (error) {
    verdicts.unshift({ ...STARTS, result: 'fail', reason: reasonOf(error) })
  }
  if (verdicts.some(({ result }) => result === 'fail')) console.error(running?.process.output())
  await running?.process.stop()
  return { runtime: name, verdicts }
}

/** Runs the suites and adds what came of each: should the runtime end on the way, what it did until then is not lost. */
async function runOn(running: RunningRuntime, verdicts: Verdict[]): Promise<void> {
  const suites: Pick<Suite, 'name' | 'part'>[] = JSON.parse(await textOf(`${running.url}/suites`))
  for (const [at, suite] of suites.entries()) {
    if (!isChosen(suite)) continue
    try {
      const inside: Verdict[] = JSON.parse(await textOf(`${running.url}/suites/${at}`))
      verdicts.push(...inside)
    } catch (error) {
      throw new Error(`It gave no answer to the suite ${suite.name}: ${reasonOf(error)}`)
    }
  }
  const outside = httpSuite(running)
  if (isChosen(outside)) verdicts.push(...(await runSuite(outside)))
}

/** What `fetch` says of a connection that was lost is in the error's cause. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? `${error} (${error.cause})` : String(error)
}

function isChosen({ part }: Pick<Suite, 'part'>): boolean {
  return choice.part === undefined || choice.part === part
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url)
  return response.text()
}

function checkPart(part: string | undefined): void {
  const parts: Part[] = ['stores', 'engine', 'adapters']
  if (part === undefined || parts.some((known) => known === part)) return
  throw new Error(`There is no part named ${part}: it is one of ${parts.join(', ')}.`)
}

function chosenRuntimes(): Runtime[] {
  if (wanted.length === 0) return runtimes()
  const chosen = runtimes().filter(({ name }) =>
    wanted.some((one) => name.toLowerCase().includes(one.toLowerCase())),
  )
  if (chosen.length === 0) throw new Error(`There is no runtime named ${wanted.join(' or ')}.`)
  return chosen
}

const dist = join(import.meta.dirname, '../../dist/index.js')
if (!existsSync(dist)) throw new Error('There is nothing to test yet: run npm run build.')
checkPart(choice.part)
installPrograms()
const begun = performance.now()
const columns: Column[] = []
for (const runtime of chosenRuntimes()) columns.push(await columnOf(runtime))
const results = Object.groupBy(
  columns.flatMap(({ verdicts }) => verdicts),
  ({ result }) => result,
)
const { pass = [], fail = [], skip = [] } = results
const seconds = Math.round((performance.now() - begun) / 1_000)
console.log(matrix(columns))
console.log(`${pass.length} passed, ${fail.length} failed, ${skip.length} skipped in ${seconds} s`)
process.exitCode = isClean(columns) ? 0 : 1
