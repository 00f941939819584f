import { afterAll, beforeAll } from 'vitest'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { type RedisRest, startRedisRest } from '../../servers/redis-rest.ts'
import { engineFlows } from '../flows.ts'

let server: RedisServer
let rest: RedisRest
let prefixes = 0

beforeAll(async () => {
  server = await startRedis()
  rest = await startRedisRest(server)
})
afterAll(async () => {
  await rest.close()
  await server.stop()
})

engineFlows('RedisSessionStore over HTTP', () => {
  const { url, token } = rest
  return { store: new RedisSessionStore({ url, token }, { prefix: `flow-${++prefixes}:` }) }
})
