import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { report } from './report.ts'
import { type Page, samplesOf } from './samples.ts'
import { filesUnder } from './source-files.ts'

/** Inside the package, so that samples import it by its name; ignored by git. */
const FOLDER = '.tmp/samples'
const TSC = join(import.meta.dirname, '../node_modules/typescript/bin/tsc')
/** The oldest compiler that the README says the types are for. */
const OLDEST_TSC = join(import.meta.dirname, '../node_modules/typescript-oldest/bin/tsc')
const OLDEST_CONFIG = 'tsconfig.oldest.json'

// What the strictest project of a user has, with decorators as NestJS has them; `noEmit` and extensions because Node runs
// the files as they are.
const COMPILER_OPTIONS = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  moduleDetection: 'force',
  experimentalDecorators: true,
  allowImportingTsExtensions: true,
  noEmit: true,
}
// Unknown to the oldest compiler.
const NEWER_OPTIONS = { erasableSyntaxOnly: true }

const ERROR_PLACE = /^\.tmp\/samples\/(\S+\.md)\/\S+\.ts\((\d+),(\d+)\)/

/**
 * Finds the samples of the README and the docs that do not compile against the built package, or do not run.
 * @param runLimit - How long a sample marked `ts run` may run, in milliseconds. Default 10,000.
 */
export function checkSamples(root: string, runLimit = 10_000): string[] {
  rmSync(join(root, FOLDER), { recursive: true, force: true })
  const problems = pages(root).flatMap(({ path, page }) => {
    const problems = page.problems.map((problem) => `${path}:${problem}`)
    if (page.samples.length === 0) return problems
    problems.push(...writeFiles(root, path, page), ...typeErrors(root, path))
    // A sample that does not compile is not run.
    return problems.length > 0 ? problems : runErrors(root, path, page, runLimit)
  })
  // What is wrong anyway would only be said twice.
  return problems.length > 0 ? problems : oldestTypeErrors(root)
}

function pages(root: string): { path: string; page: Page }[] {
  return filesUnder(root, ['README.md', 'docs/**/*.md']).map((path) => ({
    path,
    page: samplesOf(readFileSync(join(root, path), 'utf8')),
  }))
}

/** Writes a page as a project of its own: what one page declares, others do not see. */
function writeFiles(root: string, path: string, page: Page): string[] {
  const folder = join(root, FOLDER, path)
  const problems: string[] = []
  for (const { name, text } of page.samples) {
    const file = join(folder, name)
    if (existsSync(file))
      problems.push(`${path}: two samples begin with '// ${name}'. Name one of them otherwise.`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  writeConfig(join(folder, 'tsconfig.json'), { ...COMPILER_OPTIONS, ...NEWER_OPTIONS })
  writeConfig(join(folder, OLDEST_CONFIG), COMPILER_OPTIONS)
  return problems
}

function writeConfig(file: string, compilerOptions: object): void {
  writeFileSync(file, JSON.stringify({ compilerOptions, include: ['**/*.ts'] }))
}

function typeErrors(root: string, path: string): string[] {
  return compile(root, [TSC, '--pretty', 'false', '-p', join(FOLDER, path)])
}

/** Finds what the oldest compiler refuses, of all pages at once: one by one they would take it six times as long. */
function oldestTypeErrors(root: string): string[] {
  const configs = filesUnder(root, `${FOLDER}/**/${OLDEST_CONFIG}`)
  const errors = compile(root, [OLDEST_TSC, '--build', '--pretty', 'false', ...configs])
  return errors.map((line) => `with typescript-oldest: ${line}`)
}

function compile(root: string, args: string[]): string[] {
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  if (run.status === 0) return []
  const errors = run.stdout.split('\n').filter((line) => line !== '')
  if (errors.length === 0) return [`${args.join(' ')} failed: ${run.stderr || run.error}`]
  return errors.map((line) => line.replace(ERROR_PLACE, '$1:$2:$3'))
}

function runErrors(root: string, path: string, page: Page, runLimit: number): string[] {
  const env = {
    ...process.env,
    NODE_ENV: 'development',
    PORT: '0',
    SESSION_SECRET: randomBytes(32).toString('hex'),
  }
  return page.samples
    .filter((sample) => sample.run)
    .flatMap(({ name }) => {
      const run = spawnSync(process.execPath, [name], {
        cwd: join(root, FOLDER, path),
        env,
        encoding: 'utf8',
        timeout: runLimit,
        killSignal: 'SIGKILL',
      })
      if (run.status === 0) return []
      const how = run.signal ? `did not end within ${runLimit} ms` : `exited with ${run.status}`
      return [`${path}: ${name} ${how}. It must end by itself, with 0.\n${run.stderr}`]
    })
}

if (import.meta.main) {
  const samples = pages(process.cwd()).flatMap(({ page }) => page.samples)
  const summary = `${samples.length} samples compile, ${samples.filter(({ run }) => run).length} of them run`
  report('check-samples', checkSamples(process.cwd()), summary)
}
