import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '../../test/servers/postgres.ts'
import { type RedisServer, startRedis } from '../../test/servers/redis.ts'
import { temporaryFolder } from '../../test/servers/start-process.ts'
import type { StoreName } from '../subjects/subject.ts'

/** The database servers of a run: each is started when it is first needed, on the load's core. */
export class Backends {
  readonly #folder = temporaryFolder('bench')
  #redis: Promise<RedisServer> | undefined
  #postgres: Promise<PostgresServer> | undefined
  #files = 0

  /** Gives where a store is: a URL, a new file for SQLite, nothing for memory. */
  async urlOf(store: StoreName): Promise<string> {
    if (store === 'memory') return ''
    if (store === 'sqlite') return join(this.#folder, `${++this.#files}.sqlite`)
    return store === 'redis' ? (await this.redis()).url : (await this.postgres()).url
  }

  /** Gives the Redis server. */
  redis(): Promise<RedisServer> {
    this.#redis ??= startRedis()
    return this.#redis
  }

  /** Gives the PostgreSQL server. */
  postgres(): Promise<PostgresServer> {
    this.#postgres ??= startPostgres()
    return this.#postgres
  }

  /** Ends all that was started and removes its data. */
  async stop(): Promise<void> {
    await Promise.all([this.#redis?.then((redis) => redis.stop()), this.#postgres?.then((one) => one.stop())])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
