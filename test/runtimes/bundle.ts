import { execFileSync } from 'node:child_process'
import { PROGRAMS } from './programs.ts'

/** Makes one file of a program and all it imports, by Bun: workerd runs no TypeScript, and Workers are deployed so. */
export function bundle(entry: string, outfile: string, options: string[] = []): void {
  const build = ['build', entry, '--target=node', '--format=esm', '--outfile', outfile]
  const args = [...build, '--external=cloudflare:*', ...options]
  execFileSync(PROGRAMS.bun, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 60_000 })
}
