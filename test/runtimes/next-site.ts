import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { samplesOf } from '../../scripts/samples.ts'
import { freePort } from '../servers/free-port.ts'
import { type StartedProcess, startProcess } from '../servers/start-process.ts'
import { installBuilt, TSC } from './install-built.ts'
import { PROGRAMS } from './programs.ts'

const run = promisify(execFile)
const HERE = import.meta.dirname
const ROOT = join(HERE, '../..')
const PAGE = join(ROOT, 'docs/frameworks/next.md')

/** A Next.js site, built and served on loopback. */
export interface NextSite {
  url: string
  /** Compiles the site, and the samples of the page in the docs, with Next's own types, and gives what the compiler says. */
  typeErrors(): Promise<string>
  stop(): Promise<void>
}

/**
 * Builds the site in `next-site` for production, with the package as it would be installed, and starts it on a free port.
 * @param redis - The REST interface in whose Redis some of its sessions are.
 * @throws {Error} Next.js is not installed; the message holds the command to type.
 */
export async function startNextSite(redis: { url: string; token: string }): Promise<NextSite> {
  if (!existsSync(PROGRAMS.next)) throw notInstalled()
  const folder = siteFolder()
  await installBuilt(folder)
  const env = {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    SESSION_SECRET: 'the secret of the Next.js tests: 91c04be7a2f6',
    SITE_ROOT: HERE,
    UPSTASH_REDIS_REST_URL: redis.url,
    UPSTASH_REDIS_REST_TOKEN: redis.token,
  }
  await run(process.execPath, [PROGRAMS.next, 'build'], { cwd: folder, env: { ...process.env, ...env } })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server: StartedProcess = await startProcess(
    process.execPath,
    [PROGRAMS.next, 'start', '--hostname', '127.0.0.1', '--port', String(port)],
    { folder, env, ready: async () => (await fetch(url)).ok },
  )
  return {
    url,
    typeErrors: () =>
      run(process.execPath, [TSC, '-p', folder]).then(
        () => '',
        ({ stdout }: { stdout: string }) => stdout,
      ),
    stop: () => server.stop(),
  }
}

/** Copies the site to where it finds what is installed for it. Next writes beside it, and changes its `tsconfig.json`. */
function siteFolder(): string {
  const parent = join(HERE, '.tmp')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'next-'))
  cpSync(join(HERE, 'next-site'), folder, { recursive: true })
  for (const { name, text } of samplesOf(readFileSync(PAGE, 'utf8')).samples) {
    // Not what stands in for Next's own types.
    if (name.endsWith('.d.ts')) continue
    const file = join(folder, 'docs', name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return folder
}

function notInstalled(): Error {
  return new Error(
    'Next.js was not found, and these tests build a site with it. Install it, with the runtimes, by:\n  npm ci --prefix test/runtimes',
  )
}
