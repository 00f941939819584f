import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command, type Outcome } from './command.ts'
import { type EntryPoint, entryPoints } from './entry-points.ts'
import { manifestOf } from './manifest.ts'

const TSC = join(import.meta.dirname, '../node_modules/.bin/tsc')

/** The adapters whose frameworks run on what has `node:http`: who uses them has its types. All else runs on Workers, Bun and Deno too. */
const NEEDS_NODE = /\/(?:express|fastify|koa|nitro|node)$/

// Fails when another package has brought Node's types along, and nothing would be checked.
const WITHOUT_NODE = `// @ts-expect-error There are no types of Node's here.
import type {} from 'node:http'
`

/**
 * Compiles a user's project that imports every entry point, declaration files included, and one without @types/node that
 * imports those that run without Node.
 * @param installed - The unpacked package.
 * @param folder - The project's folder.
 */
export function checkTypes(installed: string, folder: string): Outcome {
  const entries = entryPoints(installed)
  const { name } = manifestOf(installed)
  const anywhere = entries.filter(({ subpath }) => !NEEDS_NODE.test(subpath))
  const all = compile('tsconfig.json', ['node'], importsOf(entries))
  // What is wrong anyway would only be said twice.
  return all.problem ? all : compile('tsconfig.no-node.json', [], WITHOUT_NODE + importsOf(anywhere))

  function compile(config: string, types: string[], text: string): Outcome {
    const file = config.replace('tsconfig', 'consumer').replace('.json', '.ts')
    writeFileSync(join(folder, file), text)
    const compilerOptions = { noEmit: true, strict: true, module: 'nodenext', target: 'es2022', types }
    writeFileSync(join(folder, config), JSON.stringify({ compilerOptions, files: [file] }))
    const run = command(TSC, ['--pretty', 'false', '-p', config], folder)
    // The declaration files of other packages are not ours to check.
    const foreign = new RegExp(`^(?!node_modules/${name}/).*node_modules/|^ |^$`)
    const onlyForeign = run.stdout !== '' && run.stdout.split('\n').every((line) => foreign.test(line))
    return onlyForeign ? { stdout: run.stdout } : run
  }
}

function importsOf(entries: EntryPoint[]): string {
  return entries.map(({ subpath }) => `import '${subpath}'\n`).join('')
}
