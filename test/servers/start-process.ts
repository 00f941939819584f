import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** How to start a server process, and how to know that it answers. */
export interface StartOptions {
  /** Tells whether the server answers. Asked every 10 ms; a throw or rejection counts as not yet. */
  ready: () => Promise<boolean>
  /** How long it may take to get ready, in milliseconds. Default 15,000. */
  timeout?: number
  /** A folder of the server's own, removed when it is stopped or this process ends, however it ends. */
  folder?: string
  /** The working directory. Default: `folder`, else this process's own. */
  cwd?: string
  /** Environment variables, beside this process's own. */
  env?: Record<string, string>
  /** The user id to run as. Default: this process's own. */
  uid?: number
  /** The group id to run as. Default: this process's own. */
  gid?: number
}

/** A server process that answers. */
export interface StartedProcess {
  /** Its process id. */
  readonly pid: number
  /** The last 8,000 characters it printed. */
  output(): string
  /** Ends it with a signal (default SIGTERM, then SIGKILL after 5 s), waits until it is gone, and removes its folder. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Ends it with SIGKILL and waits until it is gone. Its folder stays, so that it can be started on it again. */
  kill(): Promise<void>
  /** Sends a signal and waits for nothing: SIGSTOP freezes it, SIGCONT lets it go on. */
  signal(name: NodeJS.Signals): void
}

/** Makes an empty folder for a server's data. `startProcess` removes it when given as `folder`. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `coatcheck-${name}-`))
}

// Ends the server and removes its folder when this process dies without saying goodbye, SIGKILL included: the
// pipe to it then closes. A line on the pipe means that all is cleaned up already.
const GUARD_SCRIPT = 'read -r _ || { kill -KILL "$1"; sleep 0.2; [ -z "$2" ] || rm -rf "$2"; } 2>/dev/null'

/** Starts what ends a process and removes a folder when this process dies. It goes when it is sent a line. */
export function startGuard(pid: number, folder: string): ChildProcess {
  const guard = spawn('sh', ['-c', GUARD_SCRIPT, 'sh', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  guard.stdin?.on('error', () => {}) // a guard that has gone already has nothing left to guard
  return guard
}

function remove(folder: string | undefined): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return
  const gone = once(child, 'exit')
  child.kill(signal)
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await gone
  clearTimeout(impatience)
}

async function answers(ready: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ready()
  } catch {
    return false
  }
}

/**
 * Starts a server and waits until it answers.
 * @throws {Error} when the program cannot be run, ends early, or does not answer in time; it is then gone, its folder too.
 */
export async function startProcess(
  program: string,
  args: readonly string[],
  options: StartOptions,
): Promise<StartedProcess> {
  const { folder, ready, timeout = 15_000 } = options
  const cwd = options.cwd ?? folder
  const child = spawn(program, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(cwd !== undefined && { cwd }),
    ...(options.uid !== undefined && { uid: options.uid }),
    ...(options.gid !== undefined && { gid: options.gid }),
  })
  let output = ''
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-8_000)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  try {
    await once(child, 'spawn') // rejects when the program cannot be run
  } catch (error) {
    remove(folder)
    throw error
  }
  const pid = child.pid
  if (pid === undefined) throw new Error(`${program} has no process id.`)
  const guard = startGuard(pid, folder ?? '')

  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    await end(child, signal)
    guard.stdin?.end('cleaned up\n')
  }
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    await kill(signal)
    remove(folder)
  }

  const deadline = performance.now() + timeout
  while (!(await answers(ready))) {
    const failure = hasEnded(child)
      ? 'ended'
      : performance.now() > deadline
        ? 'did not answer in time'
        : undefined
    if (failure !== undefined) {
      await stop('SIGKILL')
      throw new Error(`${program} ${failure}. It printed:\n${output}`)
    }
    await delay(10)
  }
  return {
    pid,
    output: () => output,
    stop,
    kill: () => kill('SIGKILL'),
    signal: (name) => void child.kill(name),
  }
}
