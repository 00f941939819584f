import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findOrInstall } from '../../test/servers/find-or-install.ts'
import { endWithUs } from './end-with-us.ts'

/** What to send. */
export interface LoadOptions {
  /** The address with its path. */
  url: string
  /** The Cookie headers to send in turn; an empty one is a request without. */
  cookies: readonly string[]
  connections: number
}

/** What came of it. */
export interface LoadResult {
  requests: number
  /** Requests that failed or were answered with an error. */
  failures: number
}

/** Requests being sent. */
export interface Load {
  /** Sends no more, within a tenth of a second, and tells what came of it. */
  stop(): Promise<LoadResult>
}

/** Sends requests over kept-alive connections, each connection the next one when its last is answered. */
export interface LoadGenerator {
  name: string
  /** Begins, and goes on until it is stopped. */
  start(options: LoadOptions): Load
}

const SCRIPT = join(import.meta.dirname, 'wrk.lua')
// It wants to be told how long. Long enough for the longest round, and soon enough over when nobody is left to stop it.
const AT_MOST = '120s'
const execute = promisify(execFile)

/** Gives wrk, which costs little CPU itself; autocannon where it is not there and cannot be installed. */
export async function findLoadGenerator(): Promise<LoadGenerator> {
  try {
    const wrk = await findOrInstall({ program: 'wrk', debianPackage: 'wrk' })
    return { name: 'wrk', start: (options) => startWrk(wrk, options) }
  } catch {
    const { default: autocannon } = await import('autocannon')
    return { name: 'autocannon', start: (options) => startAutocannon(autocannon, options) }
  }
}

function startWrk(wrk: string, { url, cookies, connections }: LoadOptions): Load {
  const folder = mkdtempSync(join(tmpdir(), 'coatcheck-wrk-'))
  const file = join(folder, 'cookies.txt')
  writeFileSync(file, `${cookies.join('\n')}\n`)
  const size = ['-t1', `-c${connections}`, `-d${AT_MOST}`, '--timeout', AT_MOST]
  const running = execute(wrk, [...size, '-s', SCRIPT, url, '--', file])
  endWithUs(running.child)
  const ended = running.finally(() => rmSync(folder, { recursive: true }))
  ended.catch(() => {}) // until somebody waits for it
  return {
    async stop() {
      // Interrupted, it stops at its next look at the clock and reports what it has done.
      running.child.kill('SIGINT')
      const { stdout } = await ended
      const [counted = ''] = /^\{.*\}$/m.exec(stdout) ?? []
      const { requests, failures }: Record<string, number> = JSON.parse(counted)
      return { requests: requests ?? 0, failures: failures ?? 0 }
    },
  }
}

function startAutocannon(
  autocannon: typeof import('autocannon').default,
  { url, cookies, connections }: LoadOptions,
): Load {
  const { origin, pathname } = new URL(url)
  const requests = cookies.map((cookie) => ({
    path: pathname,
    headers: cookie === '' ? {} : { cookie },
  }))
  const share = Math.ceil(requests.length / connections)
  let opened = 0
  const running = autocannon({
    url: origin,
    connections,
    duration: Number.parseInt(AT_MOST, 10),
    requests,
    // Each connection goes through visitors of its own, or all would send the same one at a time.
    setupClient: (client) => {
      const first = (opened++ % connections) * share
      const own = requests.slice(first, first + share)
      if (own.length > 0) client.setRequests(own)
    },
  })
  return {
    async stop() {
      running.stop()
      const result = await running
      return { requests: result.requests.total, failures: result.errors + result.non2xx }
    },
  }
}
