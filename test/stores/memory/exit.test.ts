import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('a process that has nothing else to do ends, though its store was not disposed', () => {
  const script = `
    import { MemorySessionStore } from './src/stores/memory.ts'
    const record = { id: 'a', data: '{}', revision: 1, createdAt: 0, touchedAt: 0, expiresAt: 0 }
    new MemorySessionStore({ cleanupInterval: '1h' }).set('a', record, { ttl: 1e9 })
    // This one is between two slices of a sweep when the work is done.
    const sweeping = new MemorySessionStore({ cleanupInterval: 1 })
    for (let index = 0; index < 5_000; index++) sweeping.set(String(index), record, { ttl: 1 })
    setTimeout(() => console.log('done'), 5)`
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '../../..'),
    encoding: 'utf8',
    timeout: 15_000,
  })
  expect([run.stdout, run.stderr, run.status]).toEqual(['done\n', '', 0])
})
