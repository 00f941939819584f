import { afterAll, beforeAll } from 'vitest'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { type RedisRest, startRedisRest } from '../../servers/redis-rest.ts'

/** A Redis and the REST interface to it, for the tests of a file. */
export interface ServedRest {
  server: RedisServer
  rest: RedisRest
  /** Makes a store of it. */
  open(options?: { prefix?: string; token?: string }): RedisSessionStore
}

/** Starts both before the tests of the file or the group it is called in, and ends them after. */
export function serveRest(): ServedRest {
  let server: RedisServer | undefined
  let rest: RedisRest | undefined
  beforeAll(async () => {
    server = await startRedis()
    rest = await startRedisRest(server)
  })
  afterAll(async () => {
    await rest?.close()
    await server?.stop()
  })
  return {
    get server() {
      return started(server)
    },
    get rest() {
      return started(rest)
    },
    open({ prefix, token } = {}) {
      const { url, token: own } = started(rest)
      return new RedisSessionStore({ url, token: token ?? own }, prefix === undefined ? {} : { prefix })
    },
  }
}

function started<T>(what: T | undefined): T {
  if (what === undefined) throw new Error('Redis is started before the first test.')
  return what
}
