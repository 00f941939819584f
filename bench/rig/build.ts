import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { BUILT_FOLDER } from '../subjects/built.ts'

const ROOT = join(import.meta.dirname, '../..')

/**
 * Compiles the package as it is now into the benchmark's own folder. Types are left to `npm run typecheck`.
 * @throws {Error} it is not TypeScript.
 */
export function build(): void {
  rmSync(BUILT_FOLDER, { recursive: true, force: true })
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const emitOnly = [
    '--noCheck',
    '--declaration',
    'false',
    '--declarationMap',
    'false',
    '--isolatedDeclarations',
    'false',
  ]
  const args = [tsc, '-p', join(ROOT, 'tsconfig.build.json'), ...emitOnly, '--outDir', BUILT_FOLDER]
  try {
    execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })
  } catch (cause) {
    const output = typeof cause === 'object' && cause !== null && 'stdout' in cause ? cause.stdout : ''
    throw new Error(`The package does not compile:\n${output}`, { cause })
  }
}
