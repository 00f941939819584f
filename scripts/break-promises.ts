import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { PromiseBreaker } from './promise-breakers/promise-breaker.ts'
import { PROMISE_BREAKERS } from './promise-breakers.ts'

/** How one test ended. */
export interface Verdict {
  /** The whole name: groups and test. */
  name: string
  passed: boolean
}

// One broken engine at a time on each of two cores, and none may hang longer than this.
const LANES = 2
const LONGEST_RUN_MS = 60_000
// Each result is a line as soon as it is known, so that a run can be ended at the first that tells. A broken engine
// may leave a test waiting for ever; on a sound one none needs a tenth of the time it is given here.
const CONFIG = `import { defineConfig } from 'vitest/config'
const reporter = {
  onTestCaseResult(test) {
    const { state } = test.result()
    if (state !== 'skipped') console.log(JSON.stringify({ name: test.fullName, passed: state === 'passed' }))
  },
}
export default defineConfig({
  cacheDir: '.vite',
  test: { pool: 'forks', maxWorkers: 1, testTimeout: 4_000, reporters: [reporter] },
})
`

/**
 * Puts a breaker's text in the place of the one it replaces.
 * @throws {Error} the text is not there, or there more than once: the source has moved on, and the table must follow.
 */
export function broken(source: string, { promise, breaks, file, find, replace }: PromiseBreaker): string {
  const parts = source.split(find)
  if (parts.length === 2) return parts.join(replace)
  throw new Error(
    `${promise}, '${breaks}': the text to replace is in src/${file} ${parts.length - 1} times, not once. Mend scripts/promise-breakers.ts. It is: ${find}`,
  )
}

/** Copies what the promises' tests need into a new folder. */
function copyTree(root: string): string {
  const tree = mkdtempSync(join(tmpdir(), 'coatcheck-promises-'))
  for (const path of ['src', 'test/promises', 'test/engine', 'package.json']) {
    cpSync(join(root, path), join(tree, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  writeFileSync(join(tree, 'vitest.config.ts'), CONFIG)
  return tree
}

/** Runs tests in a tree and gives their verdicts one by one. The run ends when nobody listens any more. */
async function* runTests(tree: string, filter: string): AsyncGenerator<Verdict> {
  const args = [join(tree, 'node_modules/vitest/vitest.mjs'), 'run', filter]
  const child = spawn(process.execPath, args, {
    cwd: tree,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: LONGEST_RUN_MS,
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  try {
    for await (const line of createInterface(child.stdout)) {
      // Beside the verdicts there is what the tests themselves print.
      if (line.startsWith('{"name":')) yield JSON.parse(line)
    }
  } finally {
    child.kill()
    await closed
  }
}

/** Finds the names of the tests that pass on the sound engine; only their failing tells anything. */
async function soundTests(tree: string): Promise<ReadonlySet<string>> {
  const passed = new Set<string>()
  for await (const verdict of runTests(tree, 'test/promises')) {
    if (verdict.passed) passed.add(verdict.name)
    else console.log(`fails on the sound engine too, and does not count: ${verdict.name}`)
  }
  if (passed.size === 0) throw new Error('Not one test of test/promises passes on the sound engine.')
  return passed
}

/** Breaks a promise in a tree, finds the test that notices, and mends the tree again. */
async function tryBreaker(
  tree: string,
  breaker: PromiseBreaker,
  sound: ReadonlySet<string>,
): Promise<string | undefined> {
  const path = join(tree, 'src', breaker.file)
  const source = readFileSync(path, 'utf8')
  writeFileSync(path, broken(source, breaker))
  try {
    const number = breaker.promise.slice(1).padStart(2, '0')
    for await (const { name, passed } of runTests(tree, `test/promises/p${number}-`)) {
      if (!passed && sound.has(name) && name.includes(`[${breaker.promise}]`)) return name
    }
    return undefined
  } finally {
    writeFileSync(path, source)
  }
}

/** Breaks every promise in turn and prints what noticed it. Gives how many broken engines nobody noticed. */
async function breakPromises(root: string): Promise<number> {
  for (const breaker of PROMISE_BREAKERS)
    broken(readFileSync(join(root, 'src', breaker.file), 'utf8'), breaker)
  const trees = Array.from({ length: LANES }, () => copyTree(root))
  try {
    const sound = await soundTests(trees[0] ?? root)
    const waiting = [...PROMISE_BREAKERS]
    let unnoticed = 0
    const work = async (tree: string): Promise<void> => {
      for (let breaker = waiting.shift(); breaker !== undefined; breaker = waiting.shift()) {
        const test = await tryBreaker(tree, breaker, sound)
        if (test === undefined) unnoticed++
        console.log(`${breaker.promise}: an engine that ${breaker.breaks}\n    ${test ?? 'NOBODY NOTICED'}`)
      }
    }
    await Promise.all(trees.map(work))
    return unnoticed
  } finally {
    for (const tree of trees) rmSync(tree, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const unnoticed = await breakPromises(process.cwd())
  const count = PROMISE_BREAKERS.length
  console.log(`break-promises: ${count - unnoticed} of ${count} broken engines were noticed`)
  if (unnoticed > 0) process.exitCode = 1
}
