import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findOrInstall } from '../../test/servers/find-or-install.ts'

/** What to send. */
export interface LoadOptions {
  /** The address with its path. */
  url: string
  /** The Cookie headers to send in turn; an empty one is a request without. */
  cookies: readonly string[]
  connections: number
  seconds: number
}

/** What came of it. */
export interface LoadResult {
  requests: number
  seconds: number
  /** Requests that failed or were answered with an error. */
  failures: number
}

/** Sends requests over kept-alive connections, each connection the next one when its last is answered. */
export interface LoadGenerator {
  name: string
  run(options: LoadOptions): Promise<LoadResult>
}

const SCRIPT = join(import.meta.dirname, 'wrk.lua')
const execute = promisify(execFile)

/** Gives wrk, which costs little CPU itself; autocannon where it is not there and cannot be installed. */
export async function findLoadGenerator(): Promise<LoadGenerator> {
  try {
    const wrk = await findOrInstall({ program: 'wrk', debianPackage: 'wrk' })
    return { name: 'wrk', run: (options) => runWrk(wrk, options) }
  } catch {
    const { default: autocannon } = await import('autocannon')
    return { name: 'autocannon', run: (options) => runAutocannon(autocannon, options) }
  }
}

async function runWrk(wrk: string, { url, cookies, connections, seconds }: LoadOptions): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'coatcheck-wrk-'))
  try {
    const file = join(folder, 'cookies.txt')
    writeFileSync(file, `${cookies.join('\n')}\n`)
    const size = ['-t1', `-c${connections}`, `-d${Math.ceil(seconds)}s`, '--timeout', '10s']
    const running = execute(wrk, [...size, '-s', SCRIPT, url, '--', file])
    // It takes whole seconds. Interrupted, it stops at once and reports what it has done, and in what time.
    const timer = setTimeout(() => running.child.kill('SIGINT'), seconds * 1_000)
    const { stdout } = await running.finally(() => clearTimeout(timer))
    const [counted = ''] = /^\{.*\}$/m.exec(stdout) ?? []
    const { requests, micros, failures }: Record<string, number> = JSON.parse(counted)
    return { requests: requests ?? 0, seconds: (micros ?? 0) / 1e6, failures: failures ?? 0 }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function runAutocannon(
  autocannon: typeof import('autocannon').default,
  { url, cookies, connections, seconds }: LoadOptions,
): Promise<LoadResult> {
  const { origin, pathname } = new URL(url)
  const requests = cookies.map((cookie) => ({
    path: pathname,
    headers: cookie === '' ? {} : { cookie },
  }))
  const share = Math.ceil(requests.length / connections)
  let opened = 0
  const result = await autocannon({
    url: origin,
    connections,
    duration: seconds,
    requests,
    // Each connection goes through visitors of its own, or all would send the same one at a time.
    setupClient: (client) => {
      const first = (opened++ % connections) * share
      const own = requests.slice(first, first + share)
      if (own.length > 0) client.setRequests(own)
    },
  })
  return {
    requests: result.requests.total,
    seconds: result.duration,
    failures: result.errors + result.non2xx,
  }
}
