import { describe, expect, test } from 'vitest'
import { createSessions } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { heapInUse } from '../engine/heap.ts'
import { SECRET } from '../engine/start.ts'

interface Form {
  title: string
  userId: string
  visits: number
}

const VISITORS = 200
const FORM_BYTES = 100_000

/** Gives a field of a form as those who read forms do: a part of its text. */
function fieldOf(form: string, length: number): string {
  const text = Buffer.from(`title=${form.padEnd(FORM_BYTES, 'x')}`).toString()
  return text.slice(6, 6 + length)
}

describe('what a process keeps of a session is the session alone: of forms of 100,000 characters nothing [A26]', () => {
  test.each([
    ['a short text', 100],
    ['a long text', 2_000],
  ])('that a field was written from: %s', async (_what, length) => {
    const sessions = createSessions<Form>({ secret: SECRET, store: new MemorySessionStore() })
    const cookies = await Promise.all(
      Array.from({ length: VISITORS }, async () => {
        const { session, commit } = await opened()
        session.visits = 1
        return (await commit())?.setCookie?.split(';')[0] ?? ''
      }),
    )
    const before = heapInUse()
    for (const [visitor, cookie] of cookies.entries()) {
      const passage = await sessions.open(cookie)
      passage.session.title = fieldOf(`form ${visitor}`, length)
      await passage.commit()
    }
    expect(heapInUse() - before).toBeLessThan(5_000_000)
    // And it is remembered all the same: what is read next time is what was written.
    const passage = await sessions.open(cookies[7] ?? '')
    expect(passage.session.title).toBe('form 7'.padEnd(length, 'x'))

    async function opened() {
      const passage = await sessions.open(null)
      return { session: passage.session, commit: () => passage.commit() }
    }
  })

  test('that the user was named in', async () => {
    const store = new MemorySessionStore()
    const sessions = createSessions<Form>({ secret: SECRET, store })
    const before = heapInUse()
    for (let visitor = 0; visitor < VISITORS; visitor++) {
      const passage = await sessions.open(null)
      passage.session.userId = fieldOf(`user-${visitor}-of-the-shop`, 30)
      await passage.commit()
    }
    expect(heapInUse() - before).toBeLessThan(5_000_000)
    expect(store.size).toBe(VISITORS)
  })
})
