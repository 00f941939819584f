import { execFileSync, spawnSync } from 'node:child_process'
import { openSync, writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'

const SERVER_CORE = 0
const LOAD_CORE = 1

/** Whether servers and load can have a core each. */
export const CORES_APART: boolean =
  availableParallelism() > LOAD_CORE && spawnSync('taskset', ['-p', String(process.pid)]).status === 0

let awake = false

/** Whether idle cores are kept from halting. */
export function coresAwake(): boolean {
  return awake
}

/** Moves this process, and all it will start from now on, away from the servers' core, and keeps the cores awake. */
export function prepareCores(): void {
  awake = keepCoresAwake()
  if (CORES_APART) execFileSync('taskset', ['-a', '-c', '-p', String(LOAD_CORE), String(process.pid)])
}

/**
 * Keeps idle cores from halting until this process ends, where that may be asked for (Linux, root).
 *
 * To wake a halted core costs the one that does it some 9 us on a virtual machine. A bare server keeps the load
 * generator from ever falling asleep, one that works longer wakes it with each answer: without this, that is booked on
 * whoever is slower.
 * @see https://www.kernel.org/doc/html/latest/power/pm_qos_interface.html
 */
function keepCoresAwake(): boolean {
  try {
    // It counts while the file is open. What is written is the longest wake-up accepted, in microseconds, in 32 bits.
    writeSync(openSync('/dev/cpu_dma_latency', 'r+'), new Uint8Array(4))
    return true
  } catch {
    return false
  }
}

/** Gives the command that runs a program on the servers' core. */
export function onServerCore(program: string, args: readonly string[]): [string, string[]] {
  if (!CORES_APART) return [program, [...args]]
  return ['taskset', ['-c', String(SERVER_CORE), program, ...args]]
}
