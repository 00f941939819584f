import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { command, type Outcome } from './command.ts'
import { type EntryPoint, entryPoints } from './entry-points.ts'
import { manifestOf } from './manifest.ts'
import { checkTypes } from './packed-types.ts'
import { report } from './report.ts'
import { filesUnder } from './source-files.ts'

/** Inside the repository, so that the unpacked package finds the peers installed there; ignored by git. */
const FOLDER = '.tmp/package'
const PROGRAMS = join(import.meta.dirname, '../node_modules/.bin')

/** Packs the package as it would be published, and finds what would be wrong for the people who install it. */
export function checkPackage(root: string): string[] {
  const folder = join(root, FOLDER)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const missing = [...unexportedFiles(root), ...dependenciesOf(root)]
  if (missing.length > 0) return missing

  const packed = command('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root)
  if (packed.problem) return [packed.problem]
  const [{ filename }]: [{ filename: string }] = JSON.parse(packed.stdout)
  const tarball = join(folder, filename)
  const { name, installed } = install(root, tarball)

  return [
    command(join(PROGRAMS, 'publint'), ['run', tarball, '--strict'], root),
    command(join(PROGRAMS, 'attw'), [tarball, '--profile', 'esm-only', '--no-color', '--no-emoji'], root),
    ...entryPoints(installed).map((entry) => importEntry(entry, folder)),
    checkTypes(installed, folder),
    ...commandsOf(installed).map((file) => runCommand(file, installed)),
  ]
    .flatMap(({ problem }) => problem ?? [])
    .concat(brokenSourceMaps(installed, name))
}

/** Finds the files that are meant for users and that `exports` does not name. */
function unexportedFiles(root: string): string[] {
  const exported = new Set(entryPoints(root).map(({ file }) => file))
  return filesUnder(root, ['src/index.ts', 'src/{app,testing}/index.ts', 'src/{stores,adapters}/*.ts'])
    .filter((source) => !isShared(source, readFileSync(join(root, source), 'utf8')))
    .map((source) => ({ source, file: source.replace(/^src\/(.*)\.ts$/, 'dist/$1.js') }))
    .filter(({ file }) => !exported.has(file))
    .map(({ source, file }) => {
      return `${source} is no entry point. Add ./${file} to package.json's exports, or move the file into a folder of its own.`
    })
}

/** Finds what would be installed along with the package: frameworks and drivers are the user's, and the rest needs nothing. */
function dependenciesOf(root: string): string[] {
  return Object.keys(manifestOf(root).dependencies ?? {}).map(
    (name) =>
      `${name} is a dependency, and the package has none. Make it an optional peer, or do without it [C79].`,
  )
}

/** Tells a file that stores or adapters share from one of theirs: adapters export `session`, stores a class or a wrapper. */
function isShared(source: string, text: string): boolean {
  const shareable = /^src\/(?:stores|adapters)\//.test(source)
  return (
    shareable && !/^export (?:const|function|class|\{.*) ?(?:session|encrypted|\w+SessionStore)\b/m.test(text)
  )
}

/** Unpacks the tarball where a project of a user's own would have it. */
function install(root: string, tarball: string): { name: string; installed: string } {
  const { name } = manifestOf(root)
  const folder = join(root, FOLDER)
  const installed = join(folder, 'node_modules', name)
  mkdirSync(installed, { recursive: true })
  // Its own package.json: without it, an import of the package by name would be the repository's self-reference.
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', type: 'module', private: true }),
  )
  const { problem } = command('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed], root)
  if (problem) throw new Error(problem)
  return { name, installed }
}

function importEntry({ subpath }: EntryPoint, folder: string): Outcome {
  return command(process.execPath, ['--input-type=module', '--eval', `await import('${subpath}')`], folder)
}

function commandsOf(installed: string): string[] {
  return Object.values(manifestOf(installed).bin ?? {})
}

function runCommand(file: string, installed: string): Outcome {
  return command(process.execPath, [join(installed, file), '--version'], installed)
}

/** Finds the source maps that lead to files the package does not hold. */
function brokenSourceMaps(installed: string, name: string): string[] {
  return filesUnder(installed, 'dist/**/*.map').flatMap((path) => {
    const { sources }: { sources: string[] } = JSON.parse(readFileSync(join(installed, path), 'utf8'))
    return sources
      .map((source) => posix.join(posix.dirname(path), source))
      .filter((source) => !existsSync(join(installed, source)))
      .map(
        (source) =>
          `${name}: ${path} leads to ${source}, which is not packed. Add it to package.json's files.`,
      )
  })
}

if (import.meta.main) {
  const root = process.cwd()
  report(
    'check-package',
    checkPackage(root),
    `the packed package works: ${entryPoints(root).length} entry points`,
  )
}
