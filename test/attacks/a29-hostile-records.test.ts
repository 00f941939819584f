import { expect, test } from 'vitest'
import { startLater } from '../engine/start.ts'

test.each(['save', 'id', 'toJSON', 'constructor'])(
  'a record with the reserved key %s neither shows it nor breaks update() [A29] [P10]',
  async (key) => {
    const { browser, memory } = startLater()
    await browser.request((session) => {
      session.a = 1
    })
    const { id } = (await browser.arrive()).session
    const stored = memory.get(id)
    if (stored === null) throw new Error('no record')
    memory.set(id, { ...stored, data: `{"a":1,"${key}":"hostile"}` }, { ttl: 60_000 })

    const { session } = await browser.arrive()
    expect(Object.keys(session)).not.toContain(key)
    expect(Object.values({ ...session })).not.toContain('hostile')
    expect(
      await session.update((draft) => {
        draft.b = 2
      }),
    ).toBe(true)
  },
)
