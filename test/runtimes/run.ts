// Runs the same cases on every runtime and prints which passed where: `npm run test:runtimes`.
// Parts of names as arguments (`-- bun workerd`) run those runtimes only.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { httpSuite } from './http-cases.ts'
import { type Column, isClean, matrix } from './matrix.ts'
import { installPrograms } from './programs.ts'
import type { RunningRuntime } from './running-runtime.ts'
import { type Runtime, runtimes } from './runtimes.ts'
import { runSuite } from './suites/suite.ts'
import type { Verdict } from './verdict.ts'

async function columnOf({ name, start }: Runtime): Promise<Column> {
  try {
    const running = await start()
    const verdicts = await verdictsOn(running).finally(() => running.process.stop())
    if (verdicts.some(({ result }) => result === 'fail')) console.error(running.process.output())
    return { runtime: name, verdicts }
  } catch (error) {
    return { runtime: name, verdicts: [{ title: STARTS, result: 'fail', reason: String(error) }] }
  }
}

const STARTS = 'starts and serves'

async function verdictsOn(running: RunningRuntime): Promise<Verdict[]> {
  const suites: string[] = JSON.parse(await textOf(`${running.url}/suites`))
  const verdicts: Verdict[] = [{ title: STARTS, result: 'pass', reason: '' }]
  for (const at of suites.keys()) {
    const inside: Verdict[] = JSON.parse(await textOf(`${running.url}/suites/${at}`))
    verdicts.push(...inside)
  }
  return [...verdicts, ...(await runSuite(httpSuite(running)))]
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url)
  return response.text()
}

function chosenRuntimes(): Runtime[] {
  const wanted = process.argv.slice(2).map((name) => name.toLowerCase())
  if (wanted.length === 0) return runtimes()
  const chosen = runtimes().filter(({ name }) => wanted.some((one) => name.toLowerCase().includes(one)))
  if (chosen.length === 0) throw new Error(`There is no runtime named ${wanted.join(' or ')}.`)
  return chosen
}

const dist = join(import.meta.dirname, '../../dist/index.js')
if (!existsSync(dist)) throw new Error('There is nothing to test yet: run npm run build.')
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
