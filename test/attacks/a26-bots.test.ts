import { describe, expect, test } from 'vitest'
import { interceptStore } from '../../src/testing/intercept-store.ts'
import { heapInUse } from '../engine/heap.ts'
import { start, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  text: string
  list: string[]
}

describe('[A26] bots', () => {
  test('100,000 requests without a cookie whose handler only reads leave no record, no cookie, and no memory behind [A26] [P1]', () => {
    const { sessions, store, memory } = startOn<Data, ReturnType<typeof count>>(count)
    let cookies = 0
    const visit = (): void => {
      const passage = sessions.open(null)
      if (!('session' in passage)) throw new Error('no promise was expected')
      void passage.session.userId
      const effects = passage.commit()
      if (effects !== null && 'setCookie' in effects && effects.setCookie !== null) cookies++
    }
    for (let warm = 0; warm < 1_000; warm++) visit()
    const before = heapInUse()
    for (let count = 0; count < 100_000; count++) visit()
    expect(heapInUse() - before).toBeLessThan(20_000_000)
    expect(cookies).toBe(0)
    expect(memory.count()).toBe(0)
    expect(Object.values(store.calls).every((calls) => calls === 0)).toBe(true)
  })

  test('20,000 forged tickets leave no memory behind [A26] [A13]', async () => {
    const { sessions } = start<Data>()
    const visit = (seed: number): unknown =>
      sessions.open(
        `${sessions.cookieName}=${String(seed).padStart(42, 'x')}A.${String(seed).padStart(42, 'y')}A`,
      )
    for (let seed = 0; seed < 1_000; seed++) visit(seed)
    const before = heapInUse()
    for (let seed = 0; seed < 20_000; seed++) visit(seed)
    expect(heapInUse() - before).toBeLessThan(2_000_000)
  })

  test.each([
    ['one long text', (length: number) => ({ text: 'x'.repeat(length) })],
    ['long text beyond ASCII', (length: number) => ({ text: '€'.repeat(length / 3) })],
    ['a long list', (length: number) => ({ list: Array.from({ length: length / 4 }, () => 'x') })],
  ])(
    'data over 64 KiB, as %s, is an error of ours with the sizes, and nothing of it is kept [A26]',
    async (_name, make) => {
      const { browser, memory } = start<Data>()
      await browser.request((session) => Object.assign(session, make(60_000)))
      const before = memory.entries().records
      const failing = browser.request((session) => Object.assign(session, make(66_000)))
      await expect(failing).rejects.toMatchObject({
        name: 'DataError',
        code: 'ERR_DATA_TOO_LARGE',
        message: expect.stringMatching(/takes \d+ bytes as JSON; 65536 are allowed \(maxBytes\)/),
      })
      expect(memory.entries().records).toEqual(before)
    },
  )

  test('data that grows past the limit only together with another request’s is refused, and theirs is kept [A26] [P3]', async () => {
    const { browser } = start<Data>({ maxBytes: 1_000 })
    await browser.request((session) => session.set('userId', 'ann'))
    const slow = await browser.arrive()
    slow.session.text = 'x'.repeat(600)
    await browser.request((session) => session.set('list', ['y'.repeat(600)]))
    await expect(slow.leave()).rejects.toMatchObject({ code: 'ERR_DATA_TOO_LARGE' })
    expect(await browser.look()).toEqual({ userId: 'ann', list: ['y'.repeat(600)] })
  })

  test('data over the limit by update() is refused likewise [A26]', async () => {
    const { browser } = start<Data>({ maxBytes: 1_000 })
    await browser.request((session) => session.set('userId', 'ann'))
    const { session } = await browser.arrive()
    const growing = session.update((draft) => void Object.assign(draft, { text: 'x'.repeat(1_000) }))
    await expect(growing).rejects.toMatchObject({ code: 'ERR_DATA_TOO_LARGE' })
    expect(await browser.look()).toEqual({ userId: 'ann' })
  })

  test('1,000 requests of one visitor set one cookie, however many keys and tabs he has [A26] [C25]', async () => {
    const { browser } = start<Data & Record<`key${number}`, number>>()
    let lines = 0
    for (let visit = 0; visit < 1_000; visit++) {
      const response = await browser.request((session) => {
        session[`key${visit % 50}`] = visit
      })
      lines += response.headers.lines('set-cookie').length
    }
    expect(lines).toBe(1)
  })
})

function count(store: ReturnType<typeof start>['memory']) {
  return interceptStore(store, (_operation, run) => run(), {})
}
