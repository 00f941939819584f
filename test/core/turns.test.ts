import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MOST_WAITING, type Turn, Turns } from '../../src/core/turns.ts'
import { settle } from '../engine/later-store.ts'

const TIMEOUT = 2_000
// And half a second beyond.
const PATIENCE = 2_500

function full(key: string): Error {
  return new Error(`too many for ${key}`)
}

/** Work that ends when it is told to. */
function task() {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let begun = false
  return {
    run: (): Promise<string> => {
      begun = true
      return promise
    },
    isBegun: () => begun,
    end: resolve,
    fail: reject,
  }
}

describe('those who want to write over one record', () => {
  test('go one after another, in the order they came', async () => {
    const turns = new Turns(TIMEOUT, full)
    const order: string[] = []
    const work = (name: string) => async (): Promise<void> => {
      order.push(`${name} begins`)
      await settle()
      order.push(`${name} ends`)
    }
    await Promise.all(['a', 'b', 'c'].map((name) => turns.take('key', work(name))))
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  test('of another record do not wait', async () => {
    const turns = new Turns(TIMEOUT, full)
    const [slow, other] = [task(), task()]
    const waiting = turns.take('one', slow.run)
    turns.take('two', other.run)
    expect(other.isBegun()).toBe(true)
    slow.end('done')
    expect(await waiting).toBe('done')
  })

  test('begin at once when nobody is before them', () => {
    const first = task()
    new Turns(TIMEOUT, full).take('key', first.run)
    expect(first.isBegun()).toBe(true)
  })

  test('go on after one that failed, and only that one hears of it', async () => {
    const turns = new Turns(TIMEOUT, full)
    const [first, second] = [task(), task()]
    const failing = turns.take('key', first.run)
    const next = turns.take('key', second.run)
    first.fail(new Error('no'))
    second.end('fine')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('fine')
  })

  test('all fail at once after a failure that would be everybody’s, and those who come later do not', async () => {
    const turns = new Turns(TIMEOUT, full, (error) => error instanceof RangeError)
    const [first, second, third, later] = [task(), task(), task(), task()]
    const failing = [first, second, third].map(({ run }) => turns.take('key', run))
    for (const one of failing) one.catch(() => {})
    first.fail(new RangeError('down'))
    const outcomes = await Promise.allSettled(failing)
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect([second.isBegun(), third.isBegun()]).toEqual([false, false])
    later.end('fine')
    expect(await turns.take('key', later.run)).toBe('fine')
  })
})

test('one record has so many who wait and no more, however often they come, and others have theirs [P11]', async () => {
  const turns = new Turns(TIMEOUT, full)
  const slow = task()
  const waiting = [turns.take('one', slow.run)]
  for (let at = 0; at < MOST_WAITING; at++) waiting.push(turns.take('one', async () => 'later'))
  await expect(turns.take('one', async () => 'too late')).rejects.toThrow('too many for one')
  expect(await turns.take('two', async () => 'another')).toBe('another')
  // Else whoever keeps a stolen session busy would keep it alive.
  waiting.push(turns.take('one', async () => 'ended', true))
  slow.end('first')
  expect((await Promise.all(waiting)).length).toBe(MOST_WAITING + 2)
  expect(await turns.take('one', async () => 'again')).toBe('again')
})

describe('behind one that does not go on, as on Workers where its client has left [P11]', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** Work that never ends. */
  function dead() {
    return new Promise<string>(() => {})
  }

  test('the next goes ahead when its time is over, and the others one after another', async () => {
    const turns = new Turns(TIMEOUT, full)
    turns.take('key', dead)
    const [second, third] = [task(), task()]
    const waiting = [turns.take('key', second.run), turns.take('key', third.run)]
    await vi.advanceTimersByTimeAsync(PATIENCE - 10)
    expect(second.isBegun()).toBe(false)
    await vi.advanceTimersByTimeAsync(20)
    expect([second.isBegun(), third.isBegun()]).toEqual([true, false])
    second.end('second')
    third.end('third')
    expect(await Promise.all(waiting)).toEqual(['second', 'third'])
    const next = task()
    turns.take('key', next.run)
    expect(next.isBegun()).toBe(true)
  })

  test('those who come later wait for those who were overtaken with it, and no two are at work at once [P3]', async () => {
    const turns = new Turns(TIMEOUT, full)
    turns.take('key', dead)
    const [second, later] = [task(), task()]
    turns.take('key', async () => 'at once')
    const waiting = [turns.take('key', second.run)]
    await vi.advanceTimersByTimeAsync(PATIENCE + 10)
    expect(second.isBegun()).toBe(true)
    waiting.push(turns.take('key', later.run))
    await vi.advanceTimersByTimeAsync(0)
    expect(later.isBegun()).toBe(false)
    second.end('second')
    later.end('later')
    expect(await Promise.all(waiting)).toEqual(['second', 'later'])
  })

  test('one that died waiting holds nobody up either', async () => {
    const turns = new Turns(TIMEOUT, full)
    for (let at = 0; at < 3; at++) turns.take('key', dead)
    const last = turns.take('key', async () => 'last')
    await vi.advanceTimersByTimeAsync(4 * PATIENCE)
    expect(await last).toBe('last')
  })

  test('who says that the next step takes longer is waited for, and whoever begins has time of its own', async () => {
    const turns = new Turns(TIMEOUT, full)
    const [second, third] = [task(), task()]
    const slow = async (turn: Turn): Promise<string> => {
      turn.allow(9_500)
      return dead()
    }
    turns.take('key', slow)
    for (const { run } of [second, third]) turns.take('key', run)
    await vi.advanceTimersByTimeAsync(9_990)
    expect(second.isBegun()).toBe(false)
    await vi.advanceTimersByTimeAsync(20)
    expect(second.isBegun()).toBe(true)
    await vi.advanceTimersByTimeAsync(PATIENCE - 30)
    expect(third.isBegun()).toBe(false)
    await vi.advanceTimersByTimeAsync(60)
    expect(third.isBegun()).toBe(true)
  })

  test('one that goes on after all disturbs nobody, and nothing is done twice', async () => {
    const turns = new Turns(TIMEOUT, full)
    const [late, second, third] = [task(), task(), task()]
    const first = turns.take('key', late.run)
    let runs = 0
    const overtaking = turns.take('key', () => {
      runs++
      return second.run()
    })
    await vi.advanceTimersByTimeAsync(PATIENCE + 10)
    expect(runs).toBe(1)
    late.end('late')
    expect(await first).toBe('late')
    const behind = turns.take('key', third.run)
    await vi.advanceTimersByTimeAsync(0)
    expect([runs, third.isBegun()]).toEqual([1, false])
    second.end('second')
    third.end('third')
    expect(await Promise.all([overtaking, behind])).toEqual(['second', 'third'])
  })
})

test('who goes on after the process stood still is not overtaken, though its time was over meanwhile [P3]', async () => {
  const turns = new Turns(0, full)
  const order: string[] = []
  const first = turns.take('key', async () => {
    // As an answer that lies in its socket: read in the same turn of the event loop, after the timers.
    await new Promise((resolve) => setImmediate(resolve))
    order.push('first')
  })
  const second = turns.take('key', async () => void order.push('second'))
  for (const stoodStill = performance.now(); performance.now() - stoodStill < 600; );
  await Promise.all([first, second])
  expect(order).toEqual(['first', 'second'])
})
