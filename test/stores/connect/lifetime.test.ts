import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ConnectSessionStore, type ConnectStore } from '../../../src/stores/connect.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { CLASSIC_STORES } from './classic-stores.ts'

function holds(store: ConnectStore, id: string): Promise<boolean> {
  return new Promise((resolve) => store.get(id, (error, session) => resolve(!error && Boolean(session))))
}

/** Polls until it holds, for at most 10 s. */
async function until(check: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error('Not so within 10 s.')
    await delay(10)
  }
}

describe.each(Object.entries(CLASSIC_STORES))('on %s', (_name, backend) => {
  test('the store itself forgets a record whose time is up, so none is left for ever', async () => {
    const { open, close } = backend()
    onTestFinished(close)
    const classic = open()
    const store = new ConnectSessionStore(classic)
    const [short, long] = [newRecord(), newRecord()]
    await store.set(short.id, short, { ttl: 30 })
    await store.set(long.id, long, { ttl: 60_000 })
    await until(async () => !(await holds(classic, short.id)))
    expect(await holds(classic, long.id)).toBe(true)
  })
})
