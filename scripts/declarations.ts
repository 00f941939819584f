/** A member of a class, an interface or an object type. */
export interface Member {
  name: string
  isMethod: boolean
  optional: boolean
  /** The text of the docstring; empty when there is none. Overloads share one. */
  doc: string
}

/** A name that a declaration file declares at its top level. */
export interface Declaration {
  name: string
  kind: (typeof KINDS)[number]
  exported: boolean
  doc: string
  members: Member[]
  /** The type names in its head: what it extends and implements, among others. */
  parents: string[]
}

/** A name that a declaration file passes on. */
export interface Reexport {
  /** The name where it is declared; `*` for all. */
  name: string
  /** The file or package it comes from, as written. */
  from: string
}

/** What a declaration file says. */
export interface DeclarationFile {
  declarations: Declaration[]
  reexports: Reexport[]
}

const KINDS = ['class', 'interface', 'type', 'function', 'const'] as const
const TOP_LEVEL = /^(?:export )?(?:default )?(?:declare )?(?:abstract )?([a-z]+) ([\w$]+)(.*)$/
const REEXPORT = /^export (?:type )?(?:\{([^}]*)\}|\*) from ['"]([^'"]+)['"]/
const EXPORT_LIST = /^export (?:type )?\{([^}]*)\};/
const MEMBER =
  /^ {4}(?:(?:static|readonly|protected|abstract|get|set|accessor) )*([\w$]+|'[^']+'|"[^"]+"|\[Symbol\.\w+\]|(?=\())(?=[?:;(<])(\?)?([(<])?/

/**
 * Reads a `.d.ts` file that `tsc` wrote.
 *
 * Reads it line by line, because TypeScript 7 has no stable compiler API: what `tsc` emits is regular, with
 * declarations at column 0 and their members at column 4. Private members are left out.
 */
export function readDeclarations(text: string): DeclarationFile {
  const file: DeclarationFile = { declarations: [], reexports: [] }
  const listed = new Set<string>()
  let current: Declaration | undefined
  let doc = ''
  for (const { line, comment } of linesAndDocstrings(text)) {
    if (comment !== undefined) {
      doc = comment
      continue
    }
    if (/^[a-z]/.test(line)) {
      const found = declaration(line, doc)
      current = found && addTo(file.declarations, found)
      file.reexports.push(...reexports(line))
      for (const name of namesIn(EXPORT_LIST.exec(line)?.[1] ?? '')) listed.add(name)
    } else if (current && current.kind !== 'function' && current.kind !== 'const') {
      const found = member(line, doc)
      if (found) addTo(current.members, found)
    }
    doc = ''
  }
  for (const found of file.declarations) found.exported ||= listed.has(found.name)
  return file
}

/** Gives each line, or in place of the lines of a docstring its text. */
function* linesAndDocstrings(text: string): Generator<{ line: string; comment?: string }> {
  const parts = text.split(/^([ \t]*\/\*\*[\s\S]*?\*\/)[ \t]*\n/m)
  for (const part of parts) {
    if (/^\s*\/\*\*/.test(part)) {
      const comment = part.replace(/^\s*\/\*\*|\*\/\s*$/g, '').replace(/^[ \t]*\* ?/gm, '')
      yield { line: '', comment: comment.trim() }
    } else for (const line of part.replace(/\n$/, '').split('\n')) yield { line }
  }
}

function declaration(line: string, doc: string): Declaration | undefined {
  const [, keyword, name, rest = ''] = TOP_LEVEL.exec(line) ?? []
  const kind = KINDS.find((word) => word === keyword)
  if (kind === undefined || name === undefined) return undefined
  const parents = kind === 'function' || kind === 'const' ? [] : (rest.match(/\b[A-Z][\w$]*/g) ?? [])
  return { name, kind, exported: line.startsWith('export '), doc, members: [], parents }
}

function member(line: string, doc: string): Member | undefined {
  const match = MEMBER.exec(line)
  if (!match || /^ {4}private /.test(line)) return undefined
  const [, name = '', optional, bracket] = match
  // A getter is written like a method and read like a property.
  const isMethod = bracket !== undefined && !/^ {4}(?:static )?get /.test(line)
  return { name: name || 'its call', isMethod, optional: optional !== undefined, doc }
}

function reexports(line: string): Reexport[] {
  const [, names, from] = REEXPORT.exec(line) ?? []
  if (from === undefined) return []
  return (names === undefined ? ['*'] : namesIn(names)).map((name) => ({ name, from }))
}

/** Splits `A, type B, C as D` into the names where they are declared. */
function namesIn(list: string): string[] {
  return list.match(/(?<=^|,)\s*(?:type )?[\w$]+/g)?.map((name) => name.trim().replace(/^type /, '')) ?? []
}

/** Adds an entry, or its docstring to the overload (or merged interface) that is there already, and gives what is there. */
function addTo<Entry extends { name: string; doc: string }>(list: Entry[], entry: Entry): Entry {
  const overload = list.find((other) => other.name === entry.name)
  if (overload) overload.doc ||= entry.doc
  else list.push(entry)
  return overload ?? entry
}
