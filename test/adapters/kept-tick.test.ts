import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { keepTick, keptTick } from '../../src/adapters/kept-tick.ts'

const run = promisify(execFile)

test('after full collections, ticks of Node still look like the one that is kept', async () => {
  const main = join(import.meta.dirname, 'kept-tick-main.ts')
  const { stdout } = await run(process.execPath, [main], { timeout: 20_000 })
  expect(JSON.parse(stdout)).toEqual({ kept: true, alike: true })
})

test('one tick is kept, however often sessions are mounted', async () => {
  keepTick()
  await new Promise<void>((resolve) => process.nextTick(resolve))
  const first = keptTick()
  expect(first).not.toBeNull()
  keepTick()
  await new Promise<void>((resolve) => process.nextTick(resolve))
  expect(keptTick()).toBe(first)
})
