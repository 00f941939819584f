import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { CREATE, REPLACE } from '../../../src/stores/redis/record-scripts.ts'
import { Visitor } from '../../../src/testing/visitor.ts'
import { type LocalWorker, startWorker } from '../../runtimes/local-worker.ts'
import { type GlobalRedis, startGlobalRedis } from '../../servers/redis-global.ts'
import type { RedisRest } from '../../servers/redis-rest.ts'
import { siteOnWorker } from '../site-on-worker.ts'
import { runs } from './held-client.ts'

let database: GlobalRedis
let rest: RedisRest
let worker: LocalWorker

beforeAll(async () => {
  database = await startGlobalRedis()
  await database.pauseReplication()
  rest = await database.openRest()
  worker = await startWorker(join(import.meta.dirname, 'rest-site-main.ts'), {
    UPSTASH_REDIS_REST_URL: rest.url,
    UPSTASH_REDIS_REST_TOKEN: rest.token,
  })
})
afterEach(() => rest.meet(() => undefined))
afterAll(async () => {
  await worker?.stop()
  await rest?.close()
  await database?.stop()
})

siteOnWorker(() => worker.url)

test('on a Worker, 120 sessions of a user are revoked in no more requests than a free Worker has [P4]', async () => {
  await Promise.all(Array.from({ length: 120 }, () => new Visitor(worker.url).post('/login/fay')))
  rest.requests.length = 0
  expect(await (await new Visitor(worker.url).post('/revoke/fay')).json()).toBe(120)
  expect(rest.requests.length).toBeLessThan(10)
})

test('on a Worker, an update whose answer is lost counts once, and a new session whose answer is lost is a 503 [P2] [P3]', async () => {
  const visitor = new Visitor(worker.url)
  await visitor.post('/counter')
  let lost = 0
  rest.meet((commands) =>
    commands.some((command) => runs(REPLACE, command)) && lost++ < 2
      ? { when: 'after', comes: 'a reset' }
      : undefined,
  )
  expect((await visitor.post('/increment')).status).toBe(204)
  expect(lost).toBe(3)
  expect(await (await visitor.get('/session')).json()).toEqual({ count: 2 })
  rest.meet((commands) =>
    commands.some((command) => runs(CREATE, command)) ? { when: 'after', comes: 'a reset' } : undefined,
  )
  const stranger = new Visitor(worker.url)
  expect((await stranger.post('/counter')).status).toBe(503)
  expect(stranger.cookieHeader).toBe('')
})
