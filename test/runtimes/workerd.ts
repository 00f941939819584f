import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../servers/start-process.ts'
import { bundle } from './bundle.ts'
import { JOINED_COOKIES } from './joined-cookies.ts'
import { entry, PROGRAMS } from './programs.ts'
import { type RunningRuntime, startOn } from './running-runtime.ts'

/** Starts workerd, on a bundle. */
export async function startWorkerd(): Promise<RunningRuntime> {
  const folder = temporaryFolder('workerd')
  const outfile = join(folder, 'worker.js')
  // In a bundle all files are one, at this place: it is also what is sent when a case sends a file.
  const place = { url: 'file:///bundle/worker.js', filename: '/bundle/worker.js', dirname: '/bundle' }
  const defines = Object.entries(place).map(([name, value]) => `--define=import.meta.${name}="${value}"`)
  // Nest asks for these when it runs, and goes on without.
  const absent = ['class-*', '@nestjs/microservices*', '@nestjs/websockets*']
  bundle(entry('worker'), outfile, [...absent.map((name) => `--external=${name}`), ...defines])
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
