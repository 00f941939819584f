import { spawnSync } from 'node:child_process'
import { posix } from 'node:path'

/** What a program printed, and what was wrong when it did not exit with 0. */
export interface Outcome {
  stdout: string
  problem?: string
}

/** Runs a program to its end, for two minutes at most. */
export function command(program: string, args: string[], cwd: string): Outcome {
  const run = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 120_000 })
  if (run.status === 0) return { stdout: run.stdout }
  const output = [run.error?.message, run.stdout, run.stderr].filter(Boolean).join('\n').trim()
  return { stdout: run.stdout, problem: `${posix.basename(program)} ${args.join(' ')} failed:\n${output}` }
}
