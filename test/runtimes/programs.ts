import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const MODULES = join(import.meta.dirname, 'node_modules')

/** The programs that `package.json` in this folder brings: the runtimes, Next.js and Nitro 2. */
export const PROGRAMS = {
  node22: join(MODULES, 'node22/bin/node'),
  node26: join(MODULES, 'node26/bin/node'),
  bun: join(MODULES, '.bin/bun'),
  deno: join(MODULES, '.bin/deno'),
  workerd: join(MODULES, '.bin/workerd'),
  next: join(MODULES, 'next/dist/bin/next'),
  nitro: join(MODULES, 'nitropack/dist/cli/index.mjs'),
} as const

/** Cloudflare's own local runtime, on the same workerd: a library, which the tests of D1 load. */
export const MINIFLARE = join(MODULES, 'miniflare')

/** The types of Bun, which clash with those of Node that the project has. */
export const BUN_TYPES = join(MODULES, 'bun-types')

/** Installs them when one is missing: 1.1 GB, a minute. */
export function installPrograms(): void {
  if ([...Object.values(PROGRAMS), MINIFLARE, BUN_TYPES].every((program) => existsSync(program))) return
  execFileSync('npm', ['ci', '--prefix', import.meta.dirname], { stdio: 'inherit' })
}

/** Asks a program for its version, such as `v26.10.0` or `workerd 2026-11-17`. */
export function versionOf(program: string): string {
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).split(/[\n(]/, 1)[0]?.trim() ?? ''
}

/** Gives the path of what a runtime runs. */
export function entry(name: string): string {
  return join(import.meta.dirname, 'entries', `${name}.ts`)
}
