import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** One of the package's entry points, as `package.json` exports it. */
export interface EntryPoint {
  /** What a user imports: `coatcheck/stores/redis`. */
  subpath: string
  /** The file behind it, from the package's root: `dist/stores/redis.js`. */
  file: string
  /** The declaration file beside it. */
  types: string
}

interface Manifest {
  name: string
  exports: Record<string, string | { default: string }>
}

/** Lists the JavaScript entry points in `package.json`'s `exports`. */
export function entryPoints(root: string): EntryPoint[] {
  const { name, exports }: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.entries(exports)
    .map(([key, target]) => ({
      subpath: posix.join(name, key),
      file: posix.normalize(typeof target === 'string' ? target : target.default),
    }))
    .filter(({ file }) => file.endsWith('.js'))
    .map((entry) => ({ ...entry, types: entry.file.replace(/\.js$/, '.d.ts') }))
}
