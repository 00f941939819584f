import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type BarrierStore, barrierStore, type Gate } from '../../src/testing/barrier-store.ts'
import { faultyStore } from '../../src/testing/faulty-store.ts'
import { Browser } from '../engine/browser.ts'
import { laterStore, settle } from '../engine/later-store.ts'
import { type Started, startOn } from '../engine/start.ts'
import { UserMapStore } from '../engine/user-map-store.ts'

interface Data {
  userId: string
  a: number
  b: number
  c: number
}

type Held = UserMapStore & BarrierStore

function begin(): Started<Data, Held> {
  return startOn<Data, Held>(() => barrierStore(laterStore(new UserMapStore())), { storeTimeout: 150 })
}

/** Lets a write of this visitor's session be under way when its time is over. */
async function lateWrite(
  browser: Browser<Data>,
  store: BarrierStore,
  key: 'a' | 'b' | 'c' = 'a',
): Promise<Gate> {
  const gate = store.hold('set')
  const writing = browser.request((session) => session.set(key, 2))
  await expect(writing).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
  return gate
}

describe('within one process, on a store with get, set and destroy, a write that is late', () => {
  test('does not bring a session back that is destroyed meanwhile [P4] [A22]', async () => {
    const { browser, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const thief = browser.copy()
    const gate = await lateWrite(browser, store)
    const { session } = await browser.arrive()
    const destroyed = session.destroy()
    // Not answered while the session may still come back.
    await expect(destroyed).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT', operation: 'destroy' })
    gate.release()
    await settle()
    expect(store.records.size).toBe(0)
    expect(await thief.look()).toEqual({})
  })

  test('does not undo one that was answered since [P3]', async () => {
    const { browser, store } = begin()
    await browser.request((session) => session.set('a', 1))
    const gate = await lateWrite(browser, store)
    await browser.request((session) => session.set('a', 3))
    gate.release()
    await settle()
    expect(await browser.look()).toEqual({ a: 3 })
  })

  test('does not keep a session alive whose user is revoked, nor does one that was written since [P4]', async () => {
    const { browser, sessions, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const gate = await lateWrite(browser, store)
    await browser.request((session) => session.set('a', 2))
    const revoked = sessions.user('ann').revoke()
    await settle()
    gate.release()
    expect(await revoked).toBe(2)
    await settle()
    expect(store.records.size).toBe(0)
  })
})

describe('two writes that are late', () => {
  async function twoLate(): Promise<Started<Data, Held> & { release(): void }> {
    const started = begin()
    const { browser, store } = started
    await browser.request((session) => session.set('userId', 'ann'))
    const gates = [await lateWrite(browser.copy(), store, 'a'), await lateWrite(browser.copy(), store, 'b')]
    return { ...started, release: () => gates.forEach((gate) => void gate.release()) }
  }

  test('do not bring a session back that is destroyed meanwhile [P4] [A22]', async () => {
    const { browser, store, release } = await twoLate()
    const thief = browser.copy()
    const destroyed = browser.request((session) => session.destroy())
    await settle()
    release()
    await destroyed
    await settle()
    expect(store.records.size).toBe(0)
    expect(await thief.look()).toEqual({})
  })

  test('do not undo what was answered since [P3]', async () => {
    const { browser, release } = await twoLate()
    await browser.request((session) => session.set('c', 3))
    release()
    await settle()
    expect(await browser.look()).toEqual({ userId: 'ann', c: 3 })
  })

  test('do not bring a session back whose user is revoked meanwhile [P4] [A22]', async () => {
    const { browser, sessions, store, release } = await twoLate()
    const revoked = sessions.user('ann').revoke()
    await settle()
    release()
    await revoked
    await settle()
    expect(store.records.size).toBe(0)
    expect(await browser.look()).toEqual({})
  })
})

/** Starts with a store whose answers can be held below the gates that calls stand at. */
function beginAbove(): Started<Data, Held> & { below: BarrierStore } {
  const below = barrierStore(laterStore(new UserMapStore()))
  return { ...startOn<Data, Held>(() => barrierStore(below), { storeTimeout: 150 }), below }
}

/** Lets a write that is held reach the store, and keeps back its answer. */
async function come(below: BarrierStore, before: Gate): Promise<() => Promise<void>> {
  const after = below.hold('set', { when: 'after' })
  before.release()
  await after.reached
  return async () => {
    after.release()
    await settle()
  }
}

describe('a late write that has come, but is not answered yet,', () => {
  test('is not given out in the place of what was done since, and takes nothing from those who write then [P3]', async () => {
    const { browser, store, below } = beginAbove()
    await browser.request((session) => session.set('userId', 'ann'))
    const before = await lateWrite(browser.copy(), store)
    await browser.copy().request((session) => session.set('c', 3))
    const answer = await come(below, before)
    expect(await browser.copy().look()).toEqual({ userId: 'ann', c: 3 })
    await browser.copy().request((session) => session.set('b', 4))
    expect(await browser.look()).toEqual({ userId: 'ann', b: 4, c: 3 })
    await answer()
    expect(await browser.look()).toEqual({ userId: 'ann', b: 4, c: 3 })
  })

  test('is given to nobody while a write that had not seen it is under way [P3]', async () => {
    const { browser, store, below } = beginAbove()
    await browser.request((session) => session.set('userId', 'ann'))
    const before = await lateWrite(browser.copy(), store)
    const meanwhile = store.hold('set')
    const written = browser.copy().request((session) => session.set('c', 3))
    await meanwhile.reached
    const answer = await come(below, before)
    // The late change once more: told as saved since it is there, it would be lost with what is under way.
    const again = browser.copy().request((session) => session.set('a', 2))
    await settle()
    meanwhile.release()
    await Promise.all([written, again])
    await answer()
    expect(await browser.look()).toEqual({ userId: 'ann', a: 2, c: 3 })
  })

  test('is no session to who holds an id that was ended by regenerate() [P4] [A22]', async () => {
    const { browser, store, below } = beginAbove()
    await browser.request((session) => session.set('userId', 'ann'))
    const thief = browser.copy()
    const before = await lateWrite(browser.copy(), store)
    const renewed = browser.request((session) => session.regenerate({ keep: true }))
    await settle()
    const answer = await come(below, before)
    const stolen = [thief.copy().look(), thief.copy().request((session) => session.set('b', 4))]
    await settle()
    await answer()
    await renewed
    expect((await Promise.all(stolen))[0]).toEqual({})
    expect(await thief.look()).toEqual({})
    expect(await browser.look()).toEqual({ userId: 'ann' })
  })
})

describe('a change that is sent again when it was late', () => {
  test.each([
    ['by the same request', false],
    ['by another', true],
  ])('%s, is saved though it has come meanwhile, and something else was saved [P3]', async (_who, anew) => {
    const { browser, store, below } = beginAbove()
    await browser.request((session) => session.set('userId', 'ann'))
    const { session } = await browser.copy().arrive()
    session.a = 1
    const before = store.hold('set')
    await expect(session.save()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
    await browser.copy().request((other) => other.set('c', 3))
    const answer = await come(below, before)
    if (anew) await browser.copy().request((again) => again.set('a', 1))
    else await session.save()
    await answer()
    expect(await browser.look()).toEqual({ userId: 'ann', a: 1, c: 3 })
  })

  test('is saved though it has come and been answered, while one that had not seen it is under way [P3]', async () => {
    const { browser, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const gates = [await lateWrite(browser.copy(), store, 'a'), await lateWrite(browser.copy(), store, 'b')]
    const meanwhile = store.hold('set')
    const written = browser.copy().request((session) => session.set('c', 3))
    await meanwhile.reached
    gates[0]?.release()
    await settle()
    const again = browser.copy().request((session) => session.set('a', 2))
    await settle()
    meanwhile.release()
    await Promise.all([written, again])
    gates[1]?.release()
    await settle()
    expect(await browser.look()).toEqual({ userId: 'ann', a: 2, c: 3 })
  })

  test('is saved though it was read while it stood there, and set right before that was answered [P3]', async () => {
    const { browser, store, below } = beginAbove()
    await browser.request((session) => session.set('userId', 'ann'))
    const before = await lateWrite(browser.copy(), store)
    await browser.copy().request((session) => session.set('c', 3))
    const answer = await come(below, before)
    const reading = below.hold('get', { when: 'after' })
    const again = browser.copy().request((session) => session.set('a', 2))
    await reading.reached
    await answer()
    reading.release()
    await again
    expect(await browser.look()).toEqual({ userId: 'ann', a: 2, c: 3 })
  })

  test.each([
    ['has come, and an earlier late write comes after it', 'b', true],
    ['has come, and a later late write comes after it', 'a', true],
    ['has come and is not answered, and an earlier late write comes after it', 'b', false],
    ['has come and is not answered, and a later late write comes after it', 'a', false],
  ] as const)('is saved though it %s [P3]', async (_how, sent, isAnswered) => {
    const { browser, store, below } = beginAbove()
    await browser.request((session) => session.set('userId', 'ann'))
    const gates = {
      a: await lateWrite(browser.copy(), store, 'a'),
      b: await lateWrite(browser.copy(), store, 'b'),
      c: await lateWrite(browser.copy(), store, 'c'),
    }
    const answer = await come(below, gates[sent])
    if (isAnswered) await answer()
    await browser.copy().request((session) => session.set(sent, 2))
    gates[sent === 'a' ? 'b' : 'a'].release()
    await settle()
    await answer()
    gates.c.release()
    await settle()
    expect(await browser.look()).toEqual({ userId: 'ann', [sent]: 2 })
  })
})

test.each(['fails', 'stands still'] as const)(
  'what was done since is there for who asks, also where doing it again %s [P3]',
  async (how) => {
    const below = faultyStore(laterStore(new UserMapStore()))
    const { browser, store } = startOn<Data, Held>(() => barrierStore(below), { storeTimeout: 150 })
    await browser.request((session) => session.set('userId', 'ann'))
    const gate = await lateWrite(browser.copy(), store)
    await browser.copy().request((session) => session.set('c', 3))
    if (how === 'fails') below.fail('set', { nth: 2 })
    else below.stall('set', { nth: 2 })
    gate.release()
    await settle()
    // Who asks while it stands still waits for its time to be over, and may have none left.
    await Promise.allSettled([browser.copy().look()])
    await browser.copy().request((session) => session.set('b', 4))
    expect(await browser.look()).toEqual({ userId: 'ann', b: 4, c: 3 })
    below.heal()
    await settle()
    expect(await browser.look()).toEqual({ userId: 'ann', b: 4, c: 3 })
  },
)

test('destroy() that is answered late is counted before a write that comes late, also when it is sent again [P4] [A22]', async () => {
  const { browser, store } = begin()
  await browser.request((session) => session.set('userId', 'ann'))
  const thief = browser.copy()
  const gate = await lateWrite(browser.copy(), store)
  const answer = store.hold('destroy', { when: 'after' })
  await expect(browser.copy().request((session) => session.destroy())).rejects.toThrow()
  await browser.copy().request((session) => session.destroy())
  gate.release()
  await settle()
  expect(await thief.look()).toEqual({})
  answer.release()
  await settle()
  expect(store.records.size).toBe(0)
})

describe("a user's sessions", () => {
  test('are revoked whatever late writes of others there are', async () => {
    const { browser, sessions, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const other = new Browser(sessions)
    await other.request((session) => session.set('a', 1))
    await lateWrite(other, store)
    expect(await sessions.user('ann').revoke()).toBe(1)
  })

  test('that began after a revocation had failed are not ended by it', async () => {
    const { browser, sessions, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const gate = await lateWrite(browser.copy(), store)
    await expect(sessions.user('ann').revoke()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
    const anew = new Browser(sessions)
    await anew.request((session) => session.set('userId', 'ann'))
    gate.release()
    await settle()
    expect(await anew.look()).toEqual({ userId: 'ann' })
  })

  test('but one are revoked, whatever late writes that one has, and it keeps what was saved since [P3]', async () => {
    const { browser, sessions, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const thief = new Browser(sessions)
    await thief.request((session) => session.set('userId', 'ann'))
    const gate = await lateWrite(browser.copy(), store)
    await browser.copy().request((session) => session.set('c', 3))
    const { session } = await browser.arrive()
    expect(await sessions.user('ann').revoke({ except: session })).toBe(1)
    gate.release()
    await settle()
    expect(await browser.look()).toEqual({ userId: 'ann', c: 3 })
    expect(await thief.look()).toEqual({})
  })

  test('but one are revoked when their own late writes have come, and those of that one may come later [P4] [A22]', async () => {
    const { browser, sessions, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const thief = new Browser(sessions)
    await thief.request((session) => session.set('userId', 'ann'))
    const spared = await lateWrite(browser.copy(), store)
    const stolen = await lateWrite(thief.copy(), store)
    const { session } = await browser.arrive()
    const revoked = sessions.user('ann').revoke({ except: session })
    await settle()
    stolen.release()
    expect(await revoked).toBe(2)
    spared.release()
    await settle()
    expect(await thief.look()).toEqual({})
    expect(await browser.look()).toEqual({ userId: 'ann', a: 2 })
  })

  test.each(['fails', 'stands still'] as const)(
    'keep what was saved since a late write where revoking them %s [P3]',
    async (how) => {
      const below = faultyStore(laterStore(new UserMapStore()))
      const { browser, sessions, store } = startOn<Data, Held>(() => barrierStore(below), {
        storeTimeout: 150,
      })
      await browser.request((session) => session.set('userId', 'ann'))
      const gate = await lateWrite(browser.copy(), store)
      await browser.copy().request((session) => session.set('c', 3))
      if (how === 'fails') below.fail('destroyByUser')
      else below.stall('destroyByUser')
      await expect(sessions.user('ann').revoke()).rejects.toMatchObject({ operation: 'destroyByUser' })
      gate.release()
      await settle()
      expect(await browser.look()).toEqual({ userId: 'ann', c: 3 })
    },
  )

  test('that go on after a revocation had failed keep what was saved since, also when its answer comes [P3]', async () => {
    const { browser, sessions, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const late = [await lateWrite(browser.copy(), store, 'a'), await lateWrite(browser.copy(), store, 'b')]
    const answer = store.hold('destroyByUser', { when: 'after' })
    await expect(sessions.user('ann').revoke()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
    late[1]?.release()
    await settle()
    await browser.copy().request((session) => session.set('c', 3))
    answer.release()
    await settle()
    late[0]?.release()
    await settle()
    expect(await browser.look()).toEqual({ userId: 'ann', b: 2, c: 3 })
  })

  test('end by a revocation that is asked for again, whatever was saved since the first had failed [P4] [A22]', async () => {
    const below = faultyStore(laterStore(new UserMapStore()))
    const { browser, sessions, store } = startOn<Data, Held>(() => barrierStore(below), { storeTimeout: 150 })
    await browser.request((session) => session.set('userId', 'ann'))
    const gate = await lateWrite(browser.copy(), store)
    below.fail('destroyByUser', { nth: 1, when: 'after' })
    await expect(sessions.user('ann').revoke()).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' })
    const revoked = sessions.user('ann').revoke()
    await settle()
    gate.release()
    await revoked
    await settle()
    expect(store.records.size).toBe(0)
    expect(await browser.look()).toEqual({})
  })
})

test('destroy() that is done when its turn is over is not told as done, and counts in the end [P4] [A22]', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { browser, store } = begin()
  await browser.request((session) => session.set('userId', 'ann'))
  const late = store.hold('set')
  const failed = expect(browser.copy().request((session) => session.set('a', 2))).rejects.toThrow()
  await late.reached
  await vi.advanceTimersByTimeAsync(151)
  await failed
  await browser.copy().request((session) => session.set('c', 3))
  const destroying = store.hold('destroy')
  const { session } = await browser.arrive()
  const told = expect(session.destroy()).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
  await destroying.reached
  // The turn is over, the request's time is not.
  await vi.advanceTimersByTimeAsync(149)
  late.release()
  await settle()
  destroying.release()
  await settle()
  await vi.advanceTimersByTimeAsync(10)
  await told
  await settle()
  expect(store.records.size).toBe(0)
})

test.each(['the clock', 'the timer, before it is by the clock'])(
  'revoke() that is done when its time is over by %s is not told as done [P4] [A22]',
  async (by) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    if (by !== 'the clock') vi.spyOn(performance, 'now').mockReturnValue(0)
    onTestFinished(() => {
      vi.restoreAllMocks()
      vi.useRealTimers()
    })
    const { browser, sessions, store } = begin()
    await browser.request((session) => session.set('userId', 'ann'))
    const ending = store.hold('destroyByUser')
    const told = expect(sessions.user('ann').revoke()).rejects.toMatchObject({ operation: 'destroyByUser' })
    await ending.reached
    await vi.advanceTimersByTimeAsync(10)
    const write = store.hold('set')
    const writing = browser.copy().request((session) => session.set('a', 2))
    await settle()
    // Others have their turn: this one has read by then what ends after that.
    await vi.advanceTimersByTimeAsync(139)
    await write.reached
    ending.release()
    await settle()
    write.release()
    await writing
    expect(await browser.look()).toEqual({ userId: 'ann', a: 2 })
    await told
  },
)

test('a write whose turn was over by the timer before it was by the clock does not begin [P4] [A22]', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  // Timers count whole milliseconds, and go off before the fraction that is left.
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
  onTestFinished(() => {
    vi.useRealTimers()
    clock.mockRestore()
  })
  const { browser, store } = begin()
  await browser.request((session) => session.set('userId', 'ann'))
  const reading = store.hold('get', { nth: 2 })
  const failed = expect(browser.copy().request((session) => session.set('a', 2))).rejects.toThrow()
  await reading.reached
  await vi.advanceTimersByTimeAsync(149)
  store.resetCalls()
  reading.release()
  await settle()
  expect(store.calls.set).toBe(0)
  await vi.advanceTimersByTimeAsync(10)
  await failed
})

test('writes of others go between two revocations of one who goes on asking for them', async () => {
  const { browser, sessions, store } = begin()
  await browser.request((session) => session.set('userId', 'ann'))
  let others = 0
  const gates = [store.hold('destroyByUser'), store.hold('destroyByUser', { nth: 2 })]
  const revoked = [sessions.user('eve').revoke()]
  await gates[0]?.reached
  revoked.push(sessions.user('eve').revoke())
  const write = browser.request((session) => session.set('b', 1)).then(() => others++)
  await settle()
  gates[0]?.release()
  await write
  expect(others).toBe(1)
  gates[1]?.release()
  await Promise.all(revoked)
})
