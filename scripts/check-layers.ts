import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Import, importsOf, isBarrel } from './imports.ts'
import { BARRELS, LAYERS, type Layer } from './layers.ts'
import { report } from './report.ts'
import { filesUnder } from './source-files.ts'

/** Finds the imports under `src` that go against the layers, the cycles, and the barrels nobody allowed. */
export function checkLayers(root: string): string[] {
  const problems: string[] = []
  const graph = new Map<string, Import[]>()
  for (const file of filesUnder(root, 'src/**/*.ts')) {
    const path = file.slice('src/'.length)
    const text = readFileSync(join(root, file), 'utf8')
    const imports = importsOf(path, text)
    graph.set(`./${path}`, imports)
    problems.push(...misplacedImports(path, imports))
    if (!BARRELS.includes(path) && (isBarrel(text) || /(^|\/)index\.ts$/.test(path))) {
      problems.push(
        `src/${path}:1 is a barrel. Only ${BARRELS.map((name) => `src/${name}`).join(', ')} may be: ` +
          'name the file after what it holds, and import from the file that declares the name.',
      )
    }
  }
  return [...problems, ...cycles(graph)]
}

function misplacedImports(path: string, imports: Import[]): string[] {
  const layer = LAYERS.find((candidate) => path.startsWith(candidate.files))
  if (!layer) {
    return [
      `src/${path}:1 is in no layer. Put it into one of src's folders, or add a layer to scripts/layers.ts.`,
    ]
  }
  return imports
    .filter((found) => !isAllowed(layer, found))
    .map((found) => `src/${path}:${found.line} imports ${shown(found.target)}. ${advice(layer, found)}`)
}

function isAllowed(layer: Layer, found: Import): boolean {
  if (layer.never?.some((entry) => fits(entry, found.target))) return false
  const allowed = found.typeOnly ? [...layer.values, ...layer.types] : layer.values
  return allowed.some((entry) => fits(entry, found.target))
}

/** Tells whether a target is the entry or lies under it: `hono` lets `hono/factory` in, but not `hono-x`. */
function fits(entry: string, target: string): boolean {
  if (/[/:]$/.test(entry)) return target.startsWith(entry)
  return target === entry || target === `${entry}.ts` || target.startsWith(`${entry}/`)
}

function advice(layer: Layer, found: Import): string {
  if (!found.typeOnly && layer.types.some((entry) => fits(entry, found.target))) {
    return `src/${layer.files} may import it by type only: write 'import type', and take the object itself as a parameter.`
  }
  const never = layer.never ? ` (never ${layer.never.map(shown).join(', ')})` : ''
  const allowed = [...layer.values, ...layer.types].map(shown).join(', ') + never
  const what = found.target.startsWith('./')
    ? 'move what is needed to a layer below, or hand it in as a parameter'
    : 'drop the import, or declare it in scripts/layers.ts if DESIGN section 3 allows it'
  return `src/${layer.files} may import only ${allowed}: ${what}.`
}

function shown(target: string): string {
  if (target === 'node:') return "Node's builtins"
  return target.startsWith('./') ? `src/${target.slice(2)}` : target
}

/** Finds each import that closes a circle. Imports of types count too: two files that need each other are one file. */
function cycles(graph: Map<string, Import[]>): string[] {
  const problems: string[] = []
  const done = new Set<string>()
  const path: string[] = []

  function visit(file: string): void {
    path.push(file)
    for (const { target, line } of graph.get(file) ?? []) {
      const start = path.indexOf(target)
      if (start >= 0) {
        const circle = [...path.slice(start), target].map(shown).join(' -> ')
        problems.push(
          `${shown(file)}:${line} closes a cycle: ${circle}. Move what both need into a file of its own.`,
        )
      } else if (!done.has(target) && graph.has(target)) visit(target)
    }
    path.pop()
    done.add(file)
  }

  for (const file of graph.keys()) if (!done.has(file)) visit(file)
  return problems
}

if (import.meta.main) {
  const count = filesUnder(process.cwd(), 'src/**/*.ts').length
  report('check-layers', checkLayers(process.cwd()), `${count} files in ${LAYERS.length} layers, no cycle`)
}
