import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LocalWorker, startWorker } from '../../runtimes/local-worker.ts'
import { serveSqld } from './served.ts'

const server = serveSqld()
let worker: LocalWorker
beforeAll(async () => {
  worker = await startWorker(join(import.meta.dirname, 'worker-main.ts'))
})
afterAll(() => worker?.stop())

test.each(['http', 'ws'] as const)('in a Worker, a session is kept over %s', async (scheme) => {
  const answer = await fetch(worker.url, { method: 'POST', body: server().url(scheme) })
  expect(await answer.json()).toEqual({
    created: true,
    taken: false,
    replaced: 'written',
    late: 'conflict',
    revision: 2,
    revoked: 1,
    left: null,
  })
})
