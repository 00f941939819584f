import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../servers/start-process.ts'
import { entry, PROGRAMS } from './programs.ts'
import { type RunningRuntime, startOn } from './running-runtime.ts'

// A comma is no divider we could take: with it, a page that can set any cookie could smuggle in ours as part of its value.
const COMMAS =
  'workerd joins the Cookie lines of a request with a comma, which may as well be part of a cookie'

/** Starts workerd. It runs no TypeScript, and Workers are deployed as one bundle: so this too is one, made by Bun. */
export async function startWorkerd(): Promise<RunningRuntime> {
  const folder = temporaryFolder('workerd')
  const outfile = join(folder, 'worker.js')
  const build = ['build', entry('worker'), '--target=node', '--format=esm', '--outfile', outfile]
  execFileSync(PROGRAMS.bun, build, { stdio: ['ignore', 'ignore', 'inherit'] })
  const config = join(folder, 'config.capnp')
  const argsFor = (port: number): string[] => {
    writeFileSync(config, configFor(port))
    return ['serve', config]
  }
  return { ...(await startOn(PROGRAMS.workerd, argsFor, folder)), separateCookieLines: COMMAS }
}

function configFor(port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
);
`
}
