import { createStorage } from 'unstorage'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSessions, isSessionError, type Sessions } from '../../../src/index.ts'
import { UnstorageSessionStore, type UnstorageStorage } from '../../../src/stores/unstorage.ts'
import { Visitor, type VisitorData } from '../visitor.ts'

let hangs: boolean
let storage: UnstorageStorage

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(process, 'emitWarning').mockReturnValue()
  hangs = false
  const plain = createStorage()
  storage = {
    getItem: (key) => plain.getItem(key),
    setItem: (key, value, options) => (hangs ? new Promise(() => {}) : plain.setItem(key, value, options)),
    removeItem: (key) => plain.removeItem(key),
    getKeys: (base) => plain.getKeys(base),
  }
})
afterEach(() => vi.useRealTimers())

function sessionsWith(storeTimeout: number): Sessions<VisitorData> {
  return createSessions<VisitorData>({
    secret: 'the secret of the dead write tests: 7b1e04ca',
    store: new UnstorageSessionStore(storage),
    storeTimeout,
  })
}

/** Lets time pass until something is done. */
async function done<T>(work: Promise<T>): Promise<T> {
  let over = false
  const end = (): void => {
    over = true
  }
  work.then(end, end)
  while (!over) await vi.advanceTimersByTimeAsync(50)
  return work
}

async function count(visitor: Visitor): Promise<number> {
  return done(
    visitor.visit((session) => {
      session.count = (session.count ?? 0) + 1
      return session.count
    }),
  )
}

test.each([300, 2_000, 10_000])(
  'a write that never ends costs its own request, and locks its session for nobody: storeTimeout %i [P11] [P4]',
  async (storeTimeout) => {
    const visitor = new Visitor(sessionsWith(storeTimeout))
    expect(await count(visitor)).toBe(1)
    hangs = true
    const failed = await count(visitor).catch((error: unknown) => error)
    expect(isSessionError(failed, 'ERR_STORE_TIMEOUT')).toBe(true)
    hangs = false
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await done(visitor.visit((session) => session.count))).toBe(1)
    expect(await count(visitor)).toBe(2)
    expect(await count(visitor)).toBe(3)
    expect(await done(visitor.twin().visit((session) => session.count))).toBe(3)
  },
)

test('half of a value that this store is still writing is an error, and not a visitor without a session [P11]', async () => {
  const sessions = sessionsWith(10_000)
  const visitor = new Visitor(sessions)
  expect(await count(visitor)).toBe(1)
  const plain = { getItem: storage.getItem, setItem: storage.setItem }
  let end = (): void => {}
  storage.setItem = async (key, value, options) => {
    storage.getItem = async () => '{"half'
    await new Promise<void>((resolve) => {
      end = resolve
    })
    Object.assign(storage, plain)
    await plain.setItem(key, value, options)
  }
  const slow = count(visitor)
  await vi.advanceTimersByTimeAsync(100)
  await expect(done(count(visitor))).rejects.toMatchObject({
    status: 503,
    cause: expect.objectContaining({ message: expect.stringContaining('writing itself') }),
  })
  end()
  await slow
  expect(await count(visitor)).toBe(3)
})
