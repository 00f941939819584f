import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { type Declaration, type DeclarationFile, type Member, readDeclarations } from './declarations.ts'
import { entryPoints } from './entry-points.ts'
import { report } from './report.ts'
import { filesUnder } from './source-files.ts'

/** A public name, and the declaration file that declares it. */
interface PublicName {
  file: string
  declaration: Declaration
}

/** Finds the public exports, members and options whose docstring is missing or does not say enough. */
export function checkDocstrings(root: string): string[] {
  const files = new Map(
    filesUnder(root, 'dist/**/*.d.ts').map((path) => [
      path,
      readDeclarations(readFileSync(join(root, path), 'utf8')),
    ]),
  )
  const problems: string[] = []
  const names = new Map<Declaration, PublicName>()
  for (const { subpath, types } of entryPoints(root)) {
    if (!existsSync(join(root, types)))
      problems.push(`${types} of '${subpath}' is missing. Run 'npm run build' first.`)
    for (const name of namesOf(types, files)) names.set(name.declaration, name)
  }
  const documented = documentedMembers(files)
  for (const name of names.values()) problems.push(...problemsOf(name, documented))
  return problems
}

/** Follows the re-exports of a file to the declarations behind them. */
function namesOf(path: string, files: Map<string, DeclarationFile>, wanted = '*'): PublicName[] {
  const file = files.get(path)
  if (!file) return []
  const own = file.declarations
    .filter((declaration) => declaration.exported && (wanted === '*' || declaration.name === wanted))
    .map((declaration) => ({ file: path, declaration }))
  const passedOn = file.reexports
    .filter(({ name, from }) => from.startsWith('.') && (wanted === '*' || name === '*' || name === wanted))
    .flatMap(({ name, from }) => {
      const target = posix.join(posix.dirname(path), from.replace(/\.[jt]s$/, '.d.ts'))
      return namesOf(target, files, name === '*' ? wanted : name)
    })
  return [...own, ...passedOn]
}

/** Tells which members have a docstring, in a type itself or in one it extends or implements. */
function documentedMembers(files: Map<string, DeclarationFile>): (type: string, member: string) => boolean {
  const types = new Map(
    [...files.values()].flatMap((file) => file.declarations.map((type) => [type.name, type])),
  )
  return function documented(type, member, seen = new Set<string>()): boolean {
    const declaration = types.get(type)
    if (!declaration || seen.has(type)) return false
    seen.add(type)
    return (
      declaration.members.some(({ name, doc }) => name === member && doc !== '') ||
      declaration.parents.some((parent) => documented(parent, member, seen))
    )
  }
}

function problemsOf(
  { file, declaration }: PublicName,
  documented: (type: string, member: string) => boolean,
): string[] {
  const { name, kind, doc, members } = declaration
  const source = file.replace(/^dist\/(.*)\.d\.ts$/, 'src/$1.ts')
  const problems: string[] = []
  if (doc === '') problems.push(`${source}: ${name} has no docstring. Say in one sentence what it is for.`)
  else if (kind === 'function' && !startsWithVerb(doc)) problems.push(`${source}: ${name}${VERB_ADVICE}`)
  for (const member of members) {
    const at = `${source}: ${name}.${member.name}`
    if (member.doc === '') {
      if (!documented(name, member.name))
        problems.push(`${at} has no docstring. Say in one sentence what it is for.`)
    } else if (member.isMethod && !startsWithVerb(member.doc)) problems.push(`${at}${VERB_ADVICE}`)
    else if (lacksDefault(name, member)) {
      problems.push(`${at} does not say its default. Add 'Default: ...' with the value and its unit.`)
    }
  }
  return problems
}

const VERB_ADVICE = `'s docstring does not start with a verb. Begin with what it does: 'Gives ...', 'Ends ...'.`

/** Tells a sentence that begins like 'Gives the record': the third person is what an editor's hover reads best as. */
function startsWithVerb(doc: string): boolean {
  return /^(?!(?:This|Its|Is|Was|Has|Does|As|Always|Thus|Plus)\b)[A-Z][a-z]+(?:-[a-z]+)*s\b/.test(doc)
}

function lacksDefault(type: string, member: Member): boolean {
  return /Options$/.test(type) && member.optional && !/\bdefault/i.test(member.doc)
}

if (import.meta.main) {
  const count = entryPoints(process.cwd()).length
  report(
    'check-docstrings',
    checkDocstrings(process.cwd()),
    `every public name of ${count} entry points is documented`,
  )
}
