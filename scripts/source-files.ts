import { globSync } from 'node:fs'
import { sep } from 'node:path'

/** Lists the files under `root` that match, as sorted paths with forward slashes on every system. */
export function filesUnder(root: string, pattern: string | string[]): string[] {
  return globSync(pattern, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .sort()
}
