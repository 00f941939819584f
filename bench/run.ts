import { app } from './app.ts'
import { cookieCount } from './cookie-count.ts'
import { create } from './create.ts'
import { forged } from './forged.ts'
import { otherTargetTable } from './other-targets.ts'
import { peerWins } from './peer-wins.ts'
import { population } from './population.ts'
import { read } from './read.ts'
import { Backends } from './rig/backends.ts'
import type { Bench } from './rig/bench.ts'
import { build } from './rig/build.ts'
import { prepareCores } from './rig/cores.ts'
import { LiveServers } from './rig/live-servers.ts'
import { findLoadGenerator } from './rig/load.ts'
import { describeMachine, machineLine } from './rig/machine.ts'
import { readOptions } from './rig/options.ts'
import type { Question } from './rig/question.ts'
import { tableText, writeResults } from './rig/results.ts'
import { writeResultsPage } from './rig/results-page.ts'
import { scale } from './scale.ts'
import { sessionSize } from './session-size.ts'
import { storeTraffic } from './store-traffic.ts'
import { targetTable } from './targets.ts'
import { untouched } from './untouched.ts'
import { visitor } from './visitor.ts'
import { write } from './write.ts'

// npm run bench: asks the questions that the command line names, or all, one after another.

const QUESTIONS: readonly Question[] = [
  read,
  write,
  untouched,
  visitor,
  forged,
  app,
  // After it each server has many more sessions than before.
  create,
  population,
  sessionSize,
  cookieCount,
  storeTraffic,
  scale,
]

function chosen(names: readonly string[]): readonly Question[] {
  const unknown = names.find((name) => !QUESTIONS.some((question) => question.name === name))
  if (unknown !== undefined) {
    throw new Error(
      `There is no question '${unknown}'. There are ${QUESTIONS.map(({ name }) => name).join(', ')}.`,
    )
  }
  return names.length === 0 ? QUESTIONS : QUESTIONS.filter(({ name }) => names.includes(name))
}

async function ask(question: Question, bench: Bench): Promise<void> {
  const outcome = await question.ask(bench)
  const { name, title } = question
  if (whole) writeResults({ question: name, title, machine: describeMachine(bench.load.name), ...outcome })
  for (const table of outcome.tables) console.log(`\n${tableText(table)}`)
  for (const notice of outcome.notices) console.log(`! ${notice}`)
}

const options = readOptions(process.argv.slice(2))
const questions = chosen(options.questions)
// A part of a question, or one asked with less load, would stand for all of it from then on.
const whole = options.asUsual
const began = performance.now()
build()
prepareCores()
const backends = new Backends()
const servers = new LiveServers()
const bench: Bench = {
  options,
  load: await findLoadGenerator(),
  backends,
  servers,
  tell: (line) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`),
}
console.log(machineLine(describeMachine(bench.load.name)))
try {
  for (const question of questions) await ask(question, bench)
} finally {
  servers.stop()
  await backends.stop()
}
if (whole) {
  writeResultsPage(QUESTIONS)
  for (const table of [targetTable(), otherTargetTable()]) console.log(`\n${tableText(table)}`)
  for (const win of peerWins(QUESTIONS.map(({ name }) => name))) console.log(`A peer costs less: ${win}`)
}
const kept = whole
  ? 'Kept in bench/results and bench/RESULTS.md'
  : 'Not kept: it was asked about a part, or in another way'
console.log(`\nTook ${((performance.now() - began) / 60_000).toFixed(1)} minutes. ${kept}.`)
