import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const INSTALL_TIMEOUT_MS = 240_000

/**
 * Runs a shell script that installs something, and looks first whether it is there. Test files run in several processes at once:
 * `flock` makes the second one wait for the first.
 * @param name - Names the lock: scripts of one name run one after the other, on the whole machine.
 * @param args - What the script has as `$1`, `$2` …
 * @throws {Error} it ends with anything but 0, or not within four minutes; the message holds the last that it printed.
 */
export function installOnce(name: string, script: string, args: readonly string[]): Promise<void> {
  const lock = join(tmpdir(), `coatcheck-${name}.lock`)
  const child = spawn('flock', [lock, 'sh', '-c', script, 'sh', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: INSTALL_TIMEOUT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  let output = ''
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-2_000)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`The installation ended with ${code ?? 'a timeout'}:\n${output}`))
    })
  })
}
