import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the checks look at in a `package.json`. */
export interface Manifest {
  name: string
  bin?: Record<string, string>
  dependencies?: Record<string, string>
}

/** Reads the `package.json` of a folder. */
export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
