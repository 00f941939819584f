import { createClient } from 'redis'
import { findOrInstall } from './find-or-install.ts'
import { freePort } from './free-port.ts'
import { type StartedProcess, startProcess, temporaryFolder } from './start-process.ts'

const REDIS_SERVER = { program: 'redis-server', debianPackage: 'redis-server' }

/** A real redis-server on loopback, with its data in a folder of its own. */
export interface RedisServer {
  /** The port on 127.0.0.1. The same after a restart. */
  readonly port: number
  /** `redis://127.0.0.1:port`. */
  readonly url: string
  /** Sends one command over a connection of its own, and gives the raw reply. */
  ask(...command: string[]): Promise<unknown>
  /** Ends it as a crash would, with SIGKILL. Its data stay. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, after `kill`. */
  restart(): Promise<void>
  /** Freezes it: connections stay open and nothing answers. */
  freeze(): void
  /** Lets it go on after `freeze`. */
  thaw(): void
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** How to start a server. */
export interface RedisServerOptions {
  /** More arguments for redis-server, such as `['--requirepass', 'x']`. */
  args?: readonly string[]
  /** Keeps every acknowledged write through a crash: an append-only file, synced at each write. Default: no. */
  durable?: boolean
  /** The password `ask` logs in with. Default: none. */
  password?: string
}

const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always']

async function askAt(port: number, command: readonly string[], password?: string): Promise<unknown> {
  const client = createClient({
    socket: { host: '127.0.0.1', port, reconnectStrategy: false, connectTimeout: 1_000 },
    ...(password !== undefined && { password }),
  })
  client.on('error', () => {}) // the call below rejects with it
  try {
    await client.connect()
    return await client.sendCommand([...command])
  } finally {
    if (client.isOpen) client.destroy()
  }
}

/** Starts a standalone redis-server, ready when it answers. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const program = await findOrInstall(REDIS_SERVER)
  const port = await freePort()
  const folder = temporaryFolder('redis')
  const ask = (...command: string[]): Promise<unknown> => askAt(port, command, options.password)
  const args = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--daemonize', 'no'],
    ...(options.durable === true ? DURABLE : []),
    ...(options.args ?? []),
  ]
  const start = (): Promise<StartedProcess> =>
    startProcess(program, args, { folder, ready: async () => (await ask('PING')) === 'PONG' })

  let running = await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    ask,
    kill: () => running.kill(),
    restart: async () => {
      running = await start()
    },
    freeze: () => running.signal('SIGSTOP'),
    thaw: () => running.signal('SIGCONT'),
    stop: () => running.stop('SIGKILL'), // nothing to save, and a frozen one does not hear anything softer
  }
}
