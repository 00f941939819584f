import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { CORES_APART, coresAwake } from './cores.ts'

/** What measurements were made on, and of which versions. */
export interface Machine {
  /** When, in UTC. */
  taken: string
  /** The commit of the source; `+` when the source had changed since. */
  commit: string
  node: string
  cpu: string
  cores: number
  memoryGb: number
  system: string
  /** Whether servers had a core of their own. */
  coresApart: boolean
  /** Whether idle cores were kept from halting. */
  coresAwake: boolean
  load: string
  versions: Record<string, string>
}

const ROOT = join(import.meta.dirname, '../..')
const PACKAGES = [
  'express',
  'express-session',
  'connect-redis',
  'memorystore',
  'connect-pg-simple',
  'fastify',
  '@fastify/session',
  '@fastify/secure-session',
  'hono',
  '@hono/node-server',
  'hono-sessions',
  'koa',
  'koa-session',
  'iron-session',
  'better-auth',
  'redis',
  'pg',
]

/** Describes this machine. */
export function describeMachine(load: string): Machine {
  return {
    taken: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    coresApart: CORES_APART,
    coresAwake: coresAwake(),
    load,
    versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  }
}

/** The same in one line. */
export function machineLine(machine: Machine): string {
  const { node, cpu, cores, memoryGb, system, load, commit, taken } = machine
  const apart = machine.coresApart
    ? machine.coresAwake
      ? 'servers on one core, load on another, idle cores kept awake'
      : 'servers on one core, load on another'
    : 'servers and load on the same cores'
  return `Node ${node.slice(1)}, ${cores} cores of ${cpu}, ${memoryGb} GB, ${system}; ${load}; ${apart}; commit ${commit}; ${taken.slice(0, 16)}Z`
}

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'src') === '' ? '' : '+')
  } catch {
    return 'unknown' // a tarball has no history
  }
}

function versionOf(name: string): string {
  const places = ['bench/node_modules', 'node_modules'].map((folder) =>
    join(ROOT, folder, name, 'package.json'),
  )
  const found = places.find((file) => existsSync(file))
  return found === undefined ? 'not installed' : JSON.parse(readFileSync(found, 'utf8')).version
}
