import { globSync } from 'node:fs'
import { sep } from 'node:path'

/**
 * Lists the files under `root` that match, as sorted paths with forward slashes on every system. What is installed below
 * it, as the runtimes of the tests are, is not ours.
 */
export function filesUnder(root: string, pattern: string | string[]): string[] {
  return globSync(pattern, { cwd: root, exclude: ['**/node_modules/**'] })
    .map((path) => path.split(sep).join('/'))
    .sort()
}
