import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../servers/start-process.ts'
import { JOINED_COOKIES } from './joined-cookies.ts'
import { entry, PROGRAMS } from './programs.ts'
import { type RunningRuntime, startOn } from './running-runtime.ts'

/** Starts workerd. It runs no TypeScript, and Workers are deployed as one bundle: so this too is one, made by Bun. */
export async function startWorkerd(): Promise<RunningRuntime> {
  const folder = temporaryFolder('workerd')
  const outfile = join(folder, 'worker.js')
  const build = ['build', entry('worker'), '--target=node', '--format=esm', '--outfile', outfile]
  // In a bundle all files are one, at this place: it is also what is sent when a case sends a file.
  const place = { url: 'file:///bundle/worker.js', filename: '/bundle/worker.js', dirname: '/bundle' }
  const defines = Object.entries(place).map(([name, value]) => `--define=import.meta.${name}="${value}"`)
  // Nest asks for these when it runs, and goes on without.
  const absent = ['class-*', '@nestjs/microservices*', '@nestjs/websockets*']
  build.push(...['cloudflare:*', ...absent].map((name) => `--external=${name}`), ...defines)
  execFileSync(PROGRAMS.bun, build, { stdio: ['ignore', 'ignore', 'inherit'] })
  const config = join(folder, 'config.capnp')
  const argsFor = (port: number): string[] => {
    writeFileSync(config, configFor(port))
    return ['serve', config]
  }
  return { ...(await startOn(PROGRAMS.workerd, argsFor, folder)), separateCookieLines: JOINED_COOKIES }
}

function configFor(port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-10-01",
);
`
}
