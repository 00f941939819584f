import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'redis'
import { findOrInstall } from './find-or-install.ts'
import { freePort } from './free-port.ts'
import { type RedisServer, startRedis } from './redis.ts'
import { type StartedProcess, startProcess, temporaryFolder } from './start-process.ts'

/** A master with one replica, watched by three sentinels, on loopback. */
export interface RedisSentinelSet {
  /** The name the sentinels know the master by. */
  readonly name: string
  /** Where the sentinels listen. */
  readonly sentinels: ReadonlyArray<{ host: string; port: number }>
  /** The server that is master at first. */
  readonly master: RedisServer
  /** The server that is replica at first. */
  readonly replica: RedisServer
  /** Ends all of them and removes their data. */
  stop(): Promise<void>
}

const NAME = 'coatcheck'

async function sentinelAnswers(port: number, command: readonly string[], wanted: RegExp): Promise<boolean> {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false }, RESP: 2 })
  client.on('error', () => {}) // the call below rejects with it
  try {
    await client.connect()
    return wanted.test(String(await client.sendCommand([...command])))
  } finally {
    if (client.isOpen) client.destroy()
  }
}

async function startSentinel(masterPort: number): Promise<{ port: number; running: StartedProcess }> {
  const program = await findOrInstall({ program: 'redis-server', debianPackage: 'redis-server' })
  const port = await freePort()
  const folder = temporaryFolder('sentinel')
  const config = join(folder, 'sentinel.conf')
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 3000`,
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  const ready = (): Promise<boolean> => sentinelAnswers(port, ['PING'], /PONG/)
  return { port, running: await startProcess(program, [config, '--sentinel'], { folder, ready }) }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`Not so within 15 s: ${what}.`)
    await delay(20)
  }
}

/** Starts a master, its replica and three sentinels, ready when a failover could happen. */
export async function startRedisSentinel(): Promise<RedisSentinelSet> {
  const quick = ['--repl-diskless-sync-delay', '0']
  const master = await startRedis({ args: quick })
  const replica = await startRedis({ args: [...quick, '--replicaof', '127.0.0.1', String(master.port)] })
  const sentinels = await Promise.all([master, master, master].map(({ port }) => startSentinel(port)))
  const stop = async (): Promise<void> => {
    await Promise.all([
      ...sentinels.map(({ running }) => running.stop('SIGKILL')),
      master.stop(),
      replica.stop(),
    ])
  }
  try {
    await until('the replica follows the master', async () =>
      /master_link_status:up/.test(String(await replica.ask('INFO', 'replication'))),
    )
    // A sentinel tells of the others and of replicas in one flat list: name, value, name, value.
    const knowsAll = /num-slaves,1,.*num-other-sentinels,2/
    for (const { port } of sentinels) {
      await until('each sentinel knows the replica and the other two', () =>
        sentinelAnswers(port, ['SENTINEL', 'MASTER', NAME], knowsAll),
      )
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {
    name: NAME,
    sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
    master,
    replica,
    stop,
  }
}
