import { describe, expect, test } from 'vitest'
import { MOST_WAITING, Turns } from '../../src/core/turns.ts'
import { settle } from '../engine/later-store.ts'

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
    const turns = new Turns(full)
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
    const turns = new Turns(full)
    const [slow, other] = [task(), task()]
    const waiting = turns.take('one', slow.run)
    turns.take('two', other.run)
    expect(other.isBegun()).toBe(true)
    slow.end('done')
    expect(await waiting).toBe('done')
  })

  test('begin at once when nobody is before them', () => {
    const first = task()
    new Turns(full).take('key', first.run)
    expect(first.isBegun()).toBe(true)
  })

  test('go on after one that failed, and only that one hears of it', async () => {
    const turns = new Turns(full)
    const [first, second] = [task(), task()]
    const failing = turns.take('key', first.run)
    const next = turns.take('key', second.run)
    first.fail(new Error('no'))
    second.end('fine')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('fine')
  })

  test('all fail at once after a failure that would be everybody’s, and those who come later do not', async () => {
    const turns = new Turns(full, (error) => error instanceof RangeError)
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
  const turns = new Turns(full)
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
