import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const FROM_SOURCE = import.meta.resolve('./from-source.ts')

/** An example that runs in a process of its own. */
export interface RunningExample {
  /** The address it has printed. */
  readonly url: string
  /** The last 8,000 characters it printed. */
  output(): string
  /** Ends it as Ctrl+C does, and gives its exit code. */
  stop(): Promise<number | null>
}

/** Runs an example to its end. */
export async function runExample(
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  const child = spawnExample(file, env)
  const output = collect(child)
  const [code] = await once(child, 'close')
  return { code, output: output() }
}

/**
 * Starts an example and waits, at most 15 s, until it has printed its address.
 * @throws {Error} it ended before, or printed none.
 */
export async function startExample(file: string, env: NodeJS.ProcessEnv): Promise<RunningExample> {
  const child = spawnExample(file, env)
  const output = collect(child)
  const impatience = setTimeout(() => child.kill('SIGKILL'), 15_000)
  const ended = once(child, 'close')
  const url = await Promise.race([address(child, output), ended.then(() => null)])
  clearTimeout(impatience)
  if (url === null) throw new Error(`${file} did not start. It printed:\n${output()}`)
  return {
    url,
    output,
    stop: async () => {
      child.kill('SIGINT')
      const [code] = await ended
      return code
    },
  }
}

function spawnExample(file: string, env: NodeJS.ProcessEnv): ChildProcess {
  const args = ['--import', FROM_SOURCE, join(ROOT, file)]
  return spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env } })
}

/** Keeps the last 8,000 characters a process prints. */
function collect(child: ChildProcess): () => string {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output = `${output}${chunk}`.slice(-8_000)
    })
  }
  return () => output
}

function address(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.on('data', () => {
      const url = /http:\/\/\S+/.exec(output())?.[0]
      if (url !== undefined) resolve(url)
    })
  })
}
