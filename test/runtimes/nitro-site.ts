import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../servers/free-port.ts'
import { startProcess } from '../servers/start-process.ts'
import { installBuilt, TSC } from './install-built.ts'
import { startWorker } from './local-worker.ts'
import { PROGRAMS } from './programs.ts'

const run = promisify(execFile)
const HERE = import.meta.dirname
const SECRET = 'the secret of the Nitro tests: 5be2094fd17c'

/** What the site is built for. */
export const PRESETS = ['node-server', 'bun', 'aws-lambda', 'cloudflare-module'] as const
export type Preset = (typeof PRESETS)[number]

/** The Redis the sessions are in, and its REST interface. */
export interface SiteRedis {
  readonly url: string
  readonly rest: { readonly url: string; readonly token: string }
}

/** One site of Nitro 2, built for all presets and served on loopback. */
export interface NitroSites {
  /** The address of what was built for a preset. */
  urlOf(preset: Preset): string
  /** Compiles the site with Nitro's own types, and gives what the compiler says of the site and of the package. */
  typeErrors(): Promise<string>
  stop(): Promise<void>
}

/** One that is served. */
interface ServedSite {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Builds the site in `nitro-site` for each preset, with the package as it would be installed, and starts them on free ports.
 * @throws {Error} Nitro is not installed; the message holds the command to type.
 */
export async function startNitroSites(redis: SiteRedis): Promise<NitroSites> {
  if (!existsSync(PROGRAMS.nitro)) throw notInstalled()
  await using starting = new AsyncDisposableStack()
  const folder = siteFolder()
  starting.defer(() => rmSync(folder, { recursive: true, force: true }))
  await installBuilt(folder)
  await Promise.all(PRESETS.map((preset) => build(folder, preset)))
  const urls = new Map<Preset, string>()
  for (const preset of PRESETS) {
    const { url, stop } = await serve(preset, join(folder, '.output', preset, 'server/index.mjs'), redis)
    starting.defer(stop)
    urls.set(preset, url)
  }
  const started = starting.move()
  return {
    urlOf: (preset) => urls.get(preset) ?? '',
    typeErrors: () => typeErrors(folder),
    stop: () => started.disposeAsync(),
  }
}

/** Copies the site to where it finds what is installed for it. */
function siteFolder(): string {
  const parent = join(HERE, '.tmp')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'nitro-'))
  cpSync(join(HERE, 'nitro-site'), folder, { recursive: true })
  return folder
}

async function build(folder: string, preset: Preset): Promise<void> {
  const env = { ...process.env, NODE_ENV: 'production', NITRO_PRESET: preset }
  await run(process.execPath, [PROGRAMS.nitro, 'build'], { cwd: folder, env, timeout: 120_000 })
}

async function serve(preset: Preset, built: string, redis: SiteRedis): Promise<ServedSite> {
  if (preset === 'cloudflare-module') {
    const { url, token } = redis.rest
    return startWorker(built, {
      SESSION_SECRET: SECRET,
      UPSTASH_REDIS_REST_URL: url,
      UPSTASH_REDIS_REST_TOKEN: token,
    })
  }
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const env = {
    NODE_ENV: 'production',
    NITRO_HOST: '127.0.0.1',
    NITRO_PORT: port,
    NITRO_SHUTDOWN_DISABLED: 'true', // it waits for connections that are kept
    REDIS_URL: redis.url,
    SESSION_SECRET: SECRET,
  }
  const args = {
    'node-server': [built],
    bun: [built],
    'aws-lambda': [join(HERE, 'lambda-main.ts'), built, port],
  }[preset]
  const program = preset === 'bun' ? PROGRAMS.bun : process.execPath
  const ready = async (): Promise<boolean> => (await fetch(new URL('/shown', url))).ok
  const { stop } = await startProcess(program, args, { env, ready })
  return { url, stop: () => stop() }
}

/** Leaves out what is wrong in packages that Nitro brings, whose folder is above the site's. */
async function typeErrors(folder: string): Promise<string> {
  const printed = await run(process.execPath, [TSC, '-p', '.', '--pretty', 'false'], { cwd: folder }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  )
  return printed
    .split(/\n(?=\S)/)
    .filter((error) => !error.startsWith('../'))
    .join('\n')
}

function notInstalled(): Error {
  return new Error(
    'Nitro was not found, and these tests build a site with it. Install it, with the runtimes, by:\n  npm ci --prefix test/runtimes',
  )
}
