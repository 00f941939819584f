import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../src/testing/sample-records.ts'
import { startWorker, type Worker } from './worker.ts'

/** A store to test from several processes. */
export interface AcrossProcesses {
  /** Its name, for the titles. */
  name: string
  /** The module in `stores/` that opens it. */
  module: string
  /** The runtime that the processes run on. Default: this one. */
  runtime?: string
  /** How many increments are made in parallel. Default 1,000. */
  increments?: number
  /** Starts an empty backend, and gives what the module's `openStore` takes. Called once. */
  start: () => Promise<{ settings: string; stop: () => Promise<unknown> }>
}

const PROCESSES = 4
const RACES = 200

/** Registers what must hold when separate processes share one backend: the same for every full store. */
export function acrossProcesses(subject: AcrossProcesses): void {
  const { name, module, runtime, increments = 1_000, start } = subject
  describe(`${name} shared by ${PROCESSES} processes`, () => {
    let workers: Worker[] = []
    let stopBackend: (() => Promise<unknown>) | undefined
    beforeAll(async () => {
      const { settings, stop } = await start()
      stopBackend = stop
      workers = await Promise.all(
        Array.from({ length: PROCESSES }, () => startWorker(module, settings, runtime)),
      )
    })
    afterAll(async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
      await stopBackend?.()
    })
    const pair = (): readonly [Worker, Worker] => {
      const [one, other] = workers
      if (one === undefined || other === undefined) throw new Error('The workers have not started.')
      return [one, other]
    }

    test(`${increments} parallel increments end at ${increments} [P3]`, async () => {
      const [one] = pair()
      const cookie = await loggedIn(one)
      const share = String(increments / PROCESSES)
      const done = await Promise.all(workers.map((worker) => worker.run('increment', cookie, share)))
      expect(done).toEqual(workers.map(() => true))
      expect(await one.run('begin', 'after', cookie)).toMatchObject({ count: increments })
    })

    test('two overlapping requests that write different keys both survive [P3, M1]', async () => {
      const [one, other] = pair()
      const cookie = await loggedIn(one)
      await one.run('begin', 'm1', cookie)
      await one.run('write', 'm1', 'a', 'of one')
      await other.run('begin', 'm1', cookie)
      await other.run('write', 'm1', 'b', 'of the other')
      await other.run('end', 'm1')
      await one.run('end', 'm1')
      expect(await other.run('begin', 'after', cookie)).toMatchObject({ a: 'of one', b: 'of the other' })
    })

    test.each([
      { id: 'M2', kind: 'writes', writes: true },
      { id: 'M3', kind: 'only reads', writes: false },
    ])(
      'a logout stands while a slow request that $kind ends after it [P4, A22, $id]',
      async ({ id, writes }) => {
        const [one, other] = pair()
        const cookie = await loggedIn(one)
        expect(await one.run('begin', id, cookie)).toMatchObject({ userId: 'ann' })
        if (writes) await one.run('write', id, 'late', 'write')
        await other.run('begin', id, cookie)
        await other.run('clear', id)
        await other.run('end', id)
        await one.run('end', id)
        for (const worker of workers) expect(await worker.run('begin', 'replay', cookie)).toEqual({})
      },
    )

    test('a revoked user is logged out in every process, in spite of a slow request [P4, A23]', async () => {
      const [one, other] = pair()
      const cookie = await loggedIn(one, 'bob')
      await one.run('begin', 'slow', cookie)
      await one.run('write', 'slow', 'late', 'write')
      expect(await other.run('revoke', 'bob')).toBe(1)
      await one.run('end', 'slow')
      for (const worker of workers) expect(await worker.run('begin', 'replay', cookie)).toEqual({})
    })

    test.each(['replace', 'touch'])(
      `a %s against a destroy never brings a record back, ${RACES} times [P4]`,
      async (verb) => {
        const [one, other] = pair()
        const ids = await created(one)
        await Promise.all([one.run(verb, ids, '"late"'), other.run('destroy', ids)])
        expect(await one.run('get', ids)).toEqual(Array.from({ length: RACES }, () => null))
      },
    )

    test(`of two replaces of one revision exactly one is written, ${RACES} times [P3]`, async () => {
      const [one, other] = pair()
      const ids = await created(one)
      const outcomes = await Promise.all([
        one.run('replace', ids, '"one"'),
        other.run('replace', ids, '"other"'),
      ])
      const [ofOne, ofOther] = outcomes.map(list)
      const stored = list(await one.run('get', ids))
      expect(stored).toHaveLength(RACES)
      for (const [index, data] of stored.entries()) {
        const winner = ofOne?.[index] === 'written' ? 'one' : 'other'
        expect([ofOne?.[index], ofOther?.[index]].toSorted()).toEqual(['conflict', 'written'])
        expect(data).toBe(`"${winner}"`)
      }
    })
  })
}

/** Signs a user in with a new session, and gives the Cookie header to come back with. */
async function loggedIn(worker: Worker, user = 'ann'): Promise<string> {
  await worker.run('begin', 'login', '')
  await worker.run('write', 'login', 'userId', user)
  const cookie = await worker.run('end', 'login')
  if (typeof cookie !== 'string') throw new Error('The login set no cookie.')
  return cookie
}

/** Creates records, and gives their ids as the tasks take them. */
async function created(worker: Worker): Promise<string> {
  const ids = Array.from({ length: RACES }, newId).join(',')
  expect(await worker.run('create', ids)).toEqual(Array.from({ length: RACES }, () => true))
  return ids
}

function list(answer: unknown): unknown[] {
  if (!Array.isArray(answer)) throw new Error('A worker gave no list.')
  return answer
}
