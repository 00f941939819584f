import { setTimeout as delay } from 'node:timers/promises'
import { type RedisServer, startRedis } from './redis.ts'
import { type RedisRest, startRedisRest } from './redis-rest.ts'

/** A database as Upstash has them in several regions: a primary, and a replica that answers what only reads. */
export interface GlobalRedis {
  readonly primary: RedisServer
  /** Starts a REST interface to it. */
  openRest(): Promise<RedisRest>
  /** Waits until the replica has all there is, and lets nothing more reach it: from then on it lags. */
  pauseReplication(): Promise<void>
  stop(): Promise<void>
}

/** Starts both, as two real servers of Redis. */
export async function startGlobalRedis(): Promise<GlobalRedis> {
  const primary = await startRedis()
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(primary.port)] })
  return {
    primary,
    openRest: () => startRedisRest(primary, { readsFrom: replica }),
    pauseReplication: async () => {
      // It is none until the first copy has arrived.
      while (!String(await replica.ask('INFO', 'replication')).includes('master_link_status:up'))
        await delay(20)
      const [, offset = ''] =
        /master_repl_offset:(\d+)/.exec(String(await primary.ask('INFO', 'replication'))) ?? []
      const reached = /slave_repl_offset:(\d+)/
      const has = async (): Promise<number> =>
        Number(reached.exec(String(await replica.ask('INFO', 'replication')))?.[1])
      while (!((await has()) >= Number(offset))) await delay(20)
      await replica.ask('REPLICAOF', 'NO', 'ONE')
    },
    stop: async () => {
      await Promise.all([primary.stop(), replica.stop()])
    },
  }
}
