import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { D1Database } from '@cloudflare/workers-types'
import { startGuard, temporaryFolder } from '../servers/start-process.ts'
import { bundle } from './bundle.ts'
import { MINIFLARE, PROGRAMS } from './programs.ts'

const LONGEST_START_MS = 60_000

/** A Worker that serves on loopback, in Cloudflare's own local runtime, and its D1 database. */
export interface LocalWorker {
  url: string
  /** What the Worker has as `env.DB`. A test of types too: Cloudflare's own type is handed to the store without a cast. */
  database: D1Database
  stop(): Promise<void>
}

/**
 * Starts a Worker with a new D1 database, bound as `DB`, on a free port.
 * @param entry - The path of its program, which is bundled unless it is `.mjs`: that was built for Workers. Default: one that does nothing.
 * @param bindings - What the Worker has in its environment beside `SESSION_SECRET`.
 * @throws {Error} the runtimes are not installed; the message holds the command to type.
 */
export async function startWorker(
  entry?: string,
  bindings: Record<string, string> = {},
): Promise<LocalWorker> {
  if (!existsSync(MINIFLARE)) throw notInstalled()
  const folder = temporaryFolder('worker')
  const scriptPath = entry?.endsWith('.mjs') ? entry : join(folder, 'worker.js')
  if (entry === undefined) writeFileSync(scriptPath, 'export default {}')
  else if (scriptPath !== entry) bundle(entry, scriptPath, ['--conditions=workerd']) // as wrangler does
  const { Miniflare } = await import('miniflare')
  const pidFile = join(folder, 'workerd.pid')
  process.env.MINIFLARE_WORKERD_PATH = launcher(folder, pidFile)
  const miniflare = new Miniflare({
    modules: true,
    scriptPath,
    modulesRoot: dirname(scriptPath),
    host: '127.0.0.1',
    cf: false, // or else it asks Cloudflare where it is
    port: 0,
    compatibilityDate: '2026-07-01',
    compatibilityFlags: ['nodejs_compat'],
    bindings: { SESSION_SECRET: 'the secret of these tests: 4f1c2a9be07d', ...bindings },
    d1Databases: { DB: 'sessions' },
  })
  let guard: ChildProcess | undefined
  const stop = async (): Promise<void> => {
    await miniflare.dispose()
    guard?.stdin?.end('cleaned up\n')
    rmSync(folder, { recursive: true })
  }
  try {
    const url = String(await inTime(miniflare.ready))
    guard = startGuard(Number(readFileSync(pidFile, 'utf8')), folder)
    return { url, database: await miniflare.getD1Database('DB'), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Makes a program that notes its process id and is workerd from then on: who kills these tests would leave it behind, listening. */
function launcher(folder: string, pidFile: string): string {
  const path = join(folder, 'workerd')
  writeFileSync(path, `#!/bin/sh\necho $$ > '${pidFile}'\nexec '${PROGRAMS.workerd}' "$@"\n`, { mode: 0o755 })
  return path
}

function inTime<T>(ready: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const seconds = LONGEST_START_MS / 1_000
    timer = setTimeout(
      () => reject(new Error(`workerd did not start within ${seconds} s.`)),
      LONGEST_START_MS,
    )
  })
  return Promise.race([ready, late]).finally(() => clearTimeout(timer))
}

function notInstalled(): Error {
  return new Error(
    "miniflare was not found, and these tests run on Cloudflare's own local runtime. Install it, with the other runtimes, by:\n  npm ci --prefix test/runtimes",
  )
}
