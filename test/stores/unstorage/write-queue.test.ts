import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WriteQueue } from '../../../src/stores/unstorage/write-queue.ts'

let queue: WriteQueue
let log: string[]

beforeEach(() => {
  vi.useFakeTimers()
  queue = new WriteQueue()
  log = []
})
afterEach(() => vi.useRealTimers())

/** Queues a write that ends after so many milliseconds; one that never ends for none. */
function write(name: string, ms?: number): void {
  queue.write('key', async () => {
    log.push(`${name} begins`)
    await new Promise<void>((resolve) => ms !== undefined && setTimeout(resolve, ms))
    log.push(`${name} ends`)
  })
}

function read(name: string): void {
  queue.written('key').then(() => log.push(`${name} reads`))
}

/** Lets time pass, and gives what has happened in it. */
async function after(ms: number): Promise<string[]> {
  await vi.advanceTimersByTimeAsync(ms)
  return log.splice(0)
}

test('writes of a key run one after another, and a read waits for those before it', async () => {
  write('a', 1_500)
  write('b', 1_500)
  read('r')
  write('c', 1_500)
  expect(await after(1_499)).toEqual(['a begins'])
  expect(await after(1)).toEqual(['a ends', 'b begins'])
  expect(await after(1_500)).toEqual(['b ends', 'r reads', 'c begins'])
  expect(await after(1_500)).toEqual(['c ends'])
  expect(vi.getTimerCount()).toBe(0)
})

test('a write that fails holds up none of the others', async () => {
  const failing = queue.write('key', () => Promise.reject(new Error('the disk is full')))
  write('b', 0)
  await expect(failing).rejects.toThrow('the disk is full')
  expect(await after(0)).toEqual(['b begins', 'b ends'])
})

test('a write that never ends is waited for 2 seconds, by reads and writes', async () => {
  write('dead')
  read('r')
  await vi.advanceTimersByTimeAsync(500)
  write('b', 10)
  read('s')
  expect(await after(1_499)).toEqual(['dead begins'])
  expect(await after(1)).toEqual(['r reads', 'b begins', 's reads'])
  expect(await after(10)).toEqual(['b ends'])
  write('c', 10)
  read('t')
  expect(await after(10)).toEqual(['c begins', 'c ends', 't reads'])
  expect(vi.getTimerCount()).toBe(0)
})

test('once it has been waited for, nobody waits for it again', async () => {
  write('dead')
  await after(2_000)
  read('r')
  expect(await after(0)).toEqual(['r reads'])
  write('b', 10)
  read('s')
  expect(await after(10)).toEqual(['b begins', 'b ends', 's reads'])
})

test('what never ends under another key is not waited for', async () => {
  queue.write('other', () => new Promise(() => {}))
  write('a', 0)
  read('r')
  expect(await after(0)).toEqual(['a begins', 'a ends', 'r reads'])
})

test('while none of many writes ends, each has begun within 2 seconds, and nothing waits on', async () => {
  for (let each = 0; each < 100; each++) {
    write(`${each}`)
    read(`${each}`)
    await vi.advanceTimersByTimeAsync(100)
  }
  await vi.advanceTimersByTimeAsync(2_000)
  expect(log.filter((entry) => entry.endsWith('begins'))).toHaveLength(100)
  expect(log.filter((entry) => entry.endsWith('reads'))).toHaveLength(100)
  expect(vi.getTimerCount()).toBe(0)
})

test('a write that began when another was given up is waited for in its turn', async () => {
  write('dead')
  await after(1_000)
  write('b', 500)
  expect(await after(1_100)).toEqual(['b begins'])
  write('c', 10)
  read('r')
  expect(await after(399)).toEqual([])
  expect(await after(1)).toEqual(['b ends', 'c begins'])
  expect(await after(10)).toEqual(['c ends', 'r reads'])
})

test('what ends after it was given up changes nothing for who is waiting then', async () => {
  write('late', 3_000)
  await after(2_000)
  write('b', 1_900)
  read('r')
  expect(await after(1_000)).toEqual(['b begins', 'late ends'])
  expect(await after(900)).toEqual(['b ends', 'r reads'])
})

test('a process that waits for a write that never ends, and has nothing else to do, ends', () => {
  const script = `
    import { WriteQueue } from './src/stores/unstorage/write-queue.ts'
    const queue = new WriteQueue()
    queue.write('key', () => new Promise(() => {}))
    queue.written('key').then(() => console.log('waited'))`
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '../../..'),
    encoding: 'utf8',
    timeout: 15_000,
  })
  expect([run.stdout, run.stderr, run.status]).toEqual(['', '', 0])
})

test('a key is being written from when a write begins until it ends, and for a minute at most', async () => {
  expect(queue.isWriting('key')).toBe(false)
  write('a', 1_000)
  write('b')
  await after(0)
  expect(queue.isWriting('key')).toBe(true)
  await after(1_000)
  expect([queue.isWriting('key'), queue.isWriting('other')]).toEqual([true, false])
  await after(59_999)
  expect(queue.isWriting('key')).toBe(true)
  await after(1)
  expect(queue.isWriting('key')).toBe(false)
})
