import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeConformance } from '../../../src/testing/store-conformance.ts'
import { type LocalWorker, startWorker } from '../../runtimes/local-worker.ts'

let worker: LocalWorker
beforeAll(async () => {
  worker = await startWorker(join(import.meta.dirname, 'conformance-main.ts'))
})
afterAll(() => worker?.stop())

// The cases run where the store is used: in a Worker, on its binding. From outside, each call would take 12 ms.
storeConformance({
  name: 'D1SessionStore',
  full: true,
  test: (title) =>
    test(title, async () => {
      const answer = await fetch(worker.url, { method: 'POST', body: title })
      expect(await answer.text()).toBe('')
    }),
  makeStore: () => {
    throw new Error('The stores are made in the Worker.')
  },
})
