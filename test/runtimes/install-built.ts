import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../..')

/** The compiler. */
export const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

/** Builds the package into the `node_modules` of a folder, as it would be installed. */
export async function installBuilt(folder: string): Promise<void> {
  const packageFolder = join(folder, 'node_modules/coatcheck')
  const args = [TSC, '-p', 'tsconfig.build.json', '--outDir', join(packageFolder, 'dist')]
  await promisify(execFile)(process.execPath, args, { cwd: ROOT })
  cpSync(join(ROOT, 'package.json'), join(packageFolder, 'package.json'))
}
