import type { Profiler } from 'node:inspector/promises'
import { create } from './create.ts'
import { forged } from './forged.ts'
import { read } from './read.ts'
import { Backends } from './rig/backends.ts'
import type { Bench } from './rig/bench.ts'
import { build } from './rig/build.ts'
import { cellsFor } from './rig/cells.ts'
import { prepareCores } from './rig/cores.ts'
import { costsByOwner, type FunctionCost, functionCosts } from './rig/cpu-profile.ts'
import { findLoadGenerator } from './rig/load.ts'
import { readOptions } from './rig/options.ts'
import type { RequestQuestion } from './rig/request-question.ts'
import { tableText } from './rig/results.ts'
import { Runner } from './rig/runner.ts'
import { median } from './rig/statistics.ts'
import { SESSION_BYTES } from './subjects/sample-session.ts'
import type { StoreName } from './subjects/subject.ts'
import { untouched } from './untouched.ts'
import { visitor } from './visitor.ts'
import { write } from './write.ts'

// npm run bench:profile -- read --only hono --store memory: says where the time of one question's requests goes, ours
// beside the bare framework's. --seconds says for how many seconds.

const QUESTIONS: readonly RequestQuestion[] = [read, write, untouched, visitor, create, forged]
const OURS_SHOWN = 30
const OTHERS_SHOWN = 15

interface Profiled {
  /** CPU time a request while nothing is profiled, in microseconds. */
  cpuMicros: number
  /** Where it went, by the shares of the samples. */
  costs: FunctionCost[]
}

/** Profiles servers in turn, a second at a time, so that what disturbs the machine disturbs all. */
async function profile(runners: readonly Runner[], seconds: number): Promise<Profiled[]> {
  const runs = runners.map((runner) => ({
    runner,
    profiles: [] as Profiler.Profile[],
    micros: [] as number[],
  }))
  for (let second = 0; second < seconds; second++) {
    for (const { runner, profiles, micros } of runs) {
      micros.push((await runner.run(1)).cpuMicros)
      profiles.push(await runner.server.profile(() => runner.run(1)))
    }
  }
  return runs.map(({ profiles, micros }) => {
    const cpuMicros = median(micros)
    const sampled = functionCosts(profiles)
    const total = sampled.reduce((sum, cost) => sum + cost.micros, 0)
    return {
      cpuMicros,
      costs: sampled.map((cost) => ({ ...cost, micros: (cost.micros / total) * cpuMicros })),
    }
  })
}

function showOwners(ours: Profiled, bare: Profiled): void {
  const before = costsByOwner(bare.costs)
  const rows = [...costsByOwner(ours.costs)].map(([owner, micros]) => {
    const bareMicros = before.get(owner) ?? 0
    return [owner, micros.toFixed(2), bareMicros.toFixed(2), (micros - bareMicros).toFixed(2)]
  })
  rows.push([
    'all',
    ours.cpuMicros.toFixed(2),
    bare.cpuMicros.toFixed(2),
    (ours.cpuMicros - bare.cpuMicros).toFixed(2),
  ])
  console.log(
    `\n${tableText({ title: 'By owner, us a request', columns: ['owner', 'ours', 'bare', 'more'], rows })}`,
  )
}

function showFunctions(ours: Profiled, bare: Profiled): void {
  const own = ours.costs.filter(({ owner }) => owner === 'coatcheck').slice(0, OURS_SHOWN)
  const rows = own.map(({ place, micros }) => [micros.toFixed(2), place])
  console.log(`\n${tableText({ title: 'Our functions, by themselves', columns: ['us', 'function'], rows })}`)
  const before = new Map(bare.costs.map(({ place, micros }) => [place, micros]))
  const others = ours.costs
    .filter(({ owner }) => owner !== 'coatcheck')
    .map(({ place, micros }) => ({ place, micros, more: micros - (before.get(place) ?? 0) }))
    .toSorted((a, b) => b.more - a.more)
    .slice(0, OTHERS_SHOWN)
    .map(({ place, micros, more }) => [more.toFixed(2), micros.toFixed(2), place])
  const title = "Others' functions that cost more than without sessions"
  console.log(`\n${tableText({ title, columns: ['more', 'us', 'function'], rows: others })}`)
}

const { questions: names, ...options } = readOptions(process.argv.slice(2))
if (names.length > 1) throw new Error(`A profile is of one question, not of ${names.join(' and ')}.`)
const question = QUESTIONS.find(({ name }) => name === (names[0] ?? 'read'))
if (question === undefined)
  throw new Error(`A profile is of one of ${QUESTIONS.map(({ name }) => name).join(', ')}.`)
const stores: readonly StoreName[] = options.stores.length === 0 ? ['memory'] : options.stores
const only = options.only.length === 0 ? ['node'] : options.only
const [cell] = cellsFor({ ...options, questions: [], stores, only }, [])
const bareSubject = cell?.subjects.find(({ kind }) => kind === 'bare')
const ourSubject = cell?.subjects.find(({ kind }) => kind === 'ours')
if (cell === undefined || bareSubject === undefined || ourSubject === undefined) {
  throw new Error('Nothing of ours fits --only and --store.')
}

build()
prepareCores()
const backends = new Backends()
const bench: Bench = {
  options: { ...options, questions: [] },
  load: await findLoadGenerator(),
  backends,
  servers: null,
  tell: console.log,
}
const traffic = { path: question.path, cookies: question.cookies, visitors: options.visitors }
const setup = { store: cell.store, sessionBytes: SESSION_BYTES }
const runners: Runner[] = []
try {
  for (const subject of [bareSubject, ourSubject])
    runners.push(await Runner.start(bench, subject, setup, traffic))
  for (const runner of runners) await runner.run(runner.warmup)
  console.log(`${question.title}; ${ourSubject.name} on ${cell.framework}, ${cell.store}`)
  const [bare, ours] = await profile(runners, options.seconds)
  if (bare !== undefined && ours !== undefined) {
    showOwners(ours, bare)
    showFunctions(ours, bare)
  }
} finally {
  for (const runner of runners) runner.stop()
  await backends.stop()
}
