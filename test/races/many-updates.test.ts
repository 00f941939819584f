import { afterEach, describe, expect, test, vi } from 'vitest'
import { Browser } from '../engine/browser.ts'
import { heapInUse } from '../engine/heap.ts'
import { settle } from '../engine/later-store.ts'
import { start, startBeside, startHeld, startLater } from '../engine/start.ts'

interface Data {
  n: number
  log: Record<string, number>
}

afterEach(() => void vi.restoreAllMocks())

function increment(draft: Partial<Data>): void {
  draft.n = (draft.n ?? 0) + 1
}

describe('1,000 parallel updates of one session', () => {
  test('over two managers on one store count to 1,000, though they get in each other’s way [P3] [A24]', async () => {
    const started = startLater<Data>()
    await started.browser.request((session) => session.set('n', 0))
    const managers = [started.sessions, startBeside<Data>(started)]
    let conflicts = 0
    for (const manager of managers) manager.on('conflict', () => conflicts++)
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const manager = managers[index % 2] ?? started.sessions
        const { session } = await new Browser(manager, started.browser.ticket).arrive()
        return session.update(increment)
      }),
    )
    expect(outcomes.every((saved) => saved === true)).toBe(true)
    expect(await started.browser.look()).toEqual({ n: 1_000 })
    expect(conflicts).toBeGreaterThan(0)
  })

  test('within one process take turns, so that few conflict [P3]', async () => {
    const { browser, sessions } = startLater<Data>()
    await browser.request((session) => session.set('n', 0))
    let conflicts = 0
    sessions.on('conflict', () => conflicts++)
    const exchanges = await Promise.all(Array.from({ length: 200 }, () => browser.arrive()))
    await Promise.all(exchanges.map(({ session }) => session.update(increment)))
    expect(await browser.look()).toEqual({ n: 200 })
    expect(conflicts).toBe(0)
  })

  test('half of them ended by a destroy in their midst bring nothing back, and say so [P4] [A22]', async () => {
    const { browser, store, memory } = startHeld<Data>()
    await browser.request((session) => session.set('n', 0))
    const exchanges = await Promise.all(Array.from({ length: 100 }, () => browser.arrive()))
    const gate = store.hold('replace', { nth: 50 })
    const updating = exchanges.map(({ session }) => session.update(increment))
    await gate.reached
    await browser.copy().request((session) => session.destroy())
    gate.release()
    const outcomes = await Promise.all(updating)
    expect(outcomes.filter((saved) => saved)).toHaveLength(49)
    expect(outcomes.filter((saved) => !saved)).toHaveLength(51)
    expect(memory.count()).toBe(0)
  })
})

describe('an update that can never win', () => {
  test('gives up with an error that says so, and keeps nobody else waiting [P3] [P11]', async () => {
    // Between its attempts it pauses by chance; here chance says not at all.
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const { browser, memory, store } = start<Data>()
    await browser.request((session) => session.set('n', 0))
    const { session } = await browser.arrive()
    const { id } = session
    let attempts = 0
    const losing = session.update((draft) => {
      attempts++
      draft.n = -1
      const record = memory.get(id)
      if (record === null) throw new Error('no record')
      // As another process would, in between each reading and writing.
      store.set(id, { ...record, revision: record.revision + 1 }, { ttl: 60_000 })
    })
    await expect(losing).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT', status: 503, retryable: true })
    expect(attempts).toBeLessThanOrEqual(200)
    await browser.request((other) => other.set('n', 1))
    expect(await browser.look()).toEqual({ n: 1 })
  })
})

describe('what is kept in memory of sessions that were', () => {
  test('does not grow with 24,000 more operations on them: made, updated in parallel, moved and destroyed', async () => {
    const { sessions, memory } = start<Data>()
    const live = async (): Promise<void> => {
      const browser = new Browser(sessions)
      await browser.request((session) => session.set('n', 0))
      const [first, second] = [await browser.arrive(), await browser.arrive()]
      await Promise.all([first.session.update(increment), second.session.update(increment)])
      await browser.request((session) => session.regenerate({ keep: true }))
      await browser.request((session) => session.destroy())
    }
    // What is remembered on purpose is 16,384 tickets, in two halves, and two of each session: all are there before the
    // first measurement, and at the second one half has been forgotten and filled again.
    for (let count = 0; count < 9_000; count++) await live()
    await settle()
    const before = heapInUse()
    for (let count = 0; count < 4_096; count++) await live()
    await settle()
    expect(heapInUse() - before).toBeLessThan(1_000_000)
    expect(memory.count()).toBe(0)
  })
})
