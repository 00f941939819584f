import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { keepTick, keptTick } from '../../src/adapters/kept-tick.ts'
import { createSessions } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'

const run = promisify(execFile)

const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))
const newSessions = () =>
  createSessions({ store: new MemorySessionStore(), secret: 'k'.padEnd(43, '0123456789') })
const answer = () => new Response()

/** What mounts sessions, each on a copy of the adapter that nobody has used. */
const MOUNTS: readonly [string, () => Promise<unknown>][] = [
  ['express', async () => (await import('../../src/adapters/express.ts')).session(newSessions())],
  ['fastify', async () => (await import('../../src/adapters/fastify.ts')).session(newSessions())],
  ['hono', async () => (await import('../../src/adapters/hono.ts')).session(newSessions())],
  ['koa', async () => (await import('../../src/adapters/koa.ts')).session(newSessions())],
  ['node', async () => (await import('../../src/adapters/node.ts')).session(newSessions(), () => {})],
  ['fetch', async () => (await import('../../src/adapters/fetch.ts')).session(newSessions(), answer)],
]

test('after full collections, ticks of Node still look like the one that is kept', async () => {
  const main = join(import.meta.dirname, 'kept-tick-main.ts')
  const { stdout } = await run(process.execPath, [main], { timeout: 20_000 })
  expect(JSON.parse(stdout)).toEqual({ kept: true, alike: true })
})

test.each(MOUNTS)('sessions mounted by coatcheck/%s keep a tick', async (_name, mountSessions) => {
  vi.resetModules()
  const fresh = await import('../../src/adapters/kept-tick.ts')
  expect(fresh.keptTick()).toBeNull()
  await mountSessions()
  await nextTick()
  expect(fresh.keptTick()).not.toBeNull()
})

test('one tick is kept, however often sessions are mounted', async () => {
  keepTick()
  await nextTick()
  const first = keptTick()
  expect(first).not.toBeNull()
  keepTick()
  await nextTick()
  expect(keptTick()).toBe(first)
})
