import { posix } from 'node:path'

/** One import or re-export of a source file. */
export interface Import {
  line: number
  /** What is imported: `./core/store.ts` (from `src`) for a file of ours, else the specifier as written. */
  target: string
  /** Whether nothing of it is left at run time. */
  typeOnly: boolean
  /** Whether it is written `export … from`. */
  reexport: boolean
}

// Statements start at column 0 in formatted code, and neither comments nor strings put `import` there.
// `import { type A } from 'x'` is no type import: `verbatimModuleSyntax` keeps it as `import {} from 'x'`.
const STATEMENT =
  /^(import|export)\s+(type\s+(?!from\b))?(?:(?:[\w$]+\s*,?\s*)?(?:\{[^}]*\}|\*(?:\s*as\s+[\w$]+)?)?\s*from\s*)?(['"])([^'"\n]+)\3/gm
const CALL = /\b(?:import|getBuiltinModule|require)\(\s*(['"`])([^'"`\n]+)\1/g
const COMMENT_LINE = /^\s*(?:\/\/|\/?\*)/

/**
 * Reads the imports of a TypeScript file: static, dynamic and in types, and `process.getBuiltinModule`.
 *
 * Reads text, because TypeScript 7 has no stable compiler API and Node's type stripping drops type imports.
 * @param file - The file's path from the `src` folder.
 */
export function importsOf(file: string, text: string): Import[] {
  const found: Import[] = []
  for (const match of text.matchAll(STATEMENT)) {
    const [, keyword, type, , specifier = ''] = match
    found.push(describe(match.index, specifier, type !== undefined, keyword === 'export'))
  }
  for (const match of text.matchAll(CALL)) {
    const start = text.lastIndexOf('\n', match.index) + 1
    if (COMMENT_LINE.test(text.slice(start, match.index))) continue
    found.push(describe(match.index, match[2] ?? '', false, false))
  }
  return found.sort((a, b) => a.line - b.line)

  function describe(index: number, specifier: string, typeOnly: boolean, reexport: boolean): Import {
    const relative = specifier.startsWith('.')
    const target = relative ? `./${posix.join(posix.dirname(file), specifier)}` : specifier
    return { line: text.slice(0, index).split('\n').length, target, typeOnly, reexport }
  }
}

/** Tells whether a file has nothing of its own: only re-exports. */
export function isBarrel(text: string): boolean {
  const rest = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(STATEMENT, '')
  return /^export\b[^'"]*\bfrom\b/m.test(text) && rest.trim().length === 0
}
