import { execFileSync, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

const SERVER_CORE = 0
const LOAD_CORE = 1

/** Whether servers and load can have a core each. */
export const CORES_APART: boolean =
  availableParallelism() > LOAD_CORE && spawnSync('taskset', ['-p', String(process.pid)]).status === 0

/** Moves this process, and all it will start from now on, away from the servers' core. */
export function moveToLoadCore(): void {
  if (CORES_APART) execFileSync('taskset', ['-a', '-c', '-p', String(LOAD_CORE), String(process.pid)])
}

/** Gives the command that runs a program on the servers' core. */
export function onServerCore(program: string, args: readonly string[]): [string, string[]] {
  if (!CORES_APART) return [program, [...args]]
  return ['taskset', ['-c', String(SERVER_CORE), program, ...args]]
}
