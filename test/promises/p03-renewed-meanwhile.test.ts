import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/core/session.ts'
import { Browser } from '../engine/browser.ts'
import { start, startBeside, startHeld, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  cart: string[]
  email: string
  hits: number
  busy: boolean
  lock: string
}

/** Writes that are under way when the session gets a new id. */
const UNDER_WAY: ReadonlyArray<[string, (session: Session<Data>) => Promise<unknown>]> = [
  ['an update()', (session) => session.update((draft) => void Object.assign(draft, { hits: 1 }))],
  [
    'a save()',
    (session) => {
      session.hits = 1
      return session.save()
    },
  ],
]

describe.each(UNDER_WAY)('regenerate() while %s is under way', (_write, write) => {
  test('keeps what that wrote, and what another request had written before [P3]', async () => {
    for (const { browser } of [start<Data>(), startLater<Data>()]) {
      await browser.request((session) => session.set('cart', ['hat']))
      const slow = await browser.arrive()
      expect(slow.session.cart).toEqual(['hat'])
      await browser.copy().request((session) => session.set('email', 'ann@example.com'))
      const writing = write(slow.session)
      await slow.session.regenerate({ keep: true })
      slow.session.lock = 'mine'
      await writing
      browser.receive(await slow.leave())
      expect(await browser.look()).toEqual({ cart: ['hat'], email: 'ann@example.com', hits: 1, lock: 'mine' })
    }
  })

  test('takes over of others no more than it was told to keep [P5]', async () => {
    const { browser } = startLater<Data>()
    await browser.request((session) => session.set('cart', ['hat']))
    const slow = await browser.arrive()
    await browser.copy().request((session) => session.set('email', 'ann@example.com'))
    const writing = write(slow.session)
    await slow.session.regenerate({ keep: ['cart'] })
    await writing
    browser.receive(await slow.leave())
    expect(await browser.look()).toEqual({ cart: ['hat'] })
  })
})

test('regenerate() while another change of id is being saved keeps what that has brought together [P3]', async () => {
  const started = startHeld<Data>()
  const { browser, store } = started
  await browser.request((session) => session.set('cart', ['hat']))
  const slow = await browser.arrive()
  await slow.session.regenerate({ keep: true })
  const gate = store.hold('replace')
  const saving = slow.session.save()
  await gate.reached
  // The old record is about to end: this comes before it, and has to go over.
  const elsewhere = new Browser(startBeside<Data>({ ...started, store: started.memory }), browser.ticket)
  await elsewhere.request((session) => session.set('email', 'ann@example.com'))
  const renewed = slow.session.regenerate({ keep: true })
  gate.release()
  await saving
  await renewed
  browser.receive(await slow.leave())
  expect(await browser.look()).toEqual({ cart: ['hat'], email: 'ann@example.com' })
})

describe('what is changed while a save that meets a conflict is under way', () => {
  async function conflicting() {
    const { browser } = startLater<Data>()
    await browser.request((session) => session.set('busy', false))
    const slow = await browser.arrive()
    await browser.copy().request((session) => session.set('email', 'ann@example.com'))
    return { browser, slow }
  }

  test('is saved where it is a change back to what was loaded [P3]', async () => {
    const { browser, slow } = await conflicting()
    slow.session.busy = true
    const saving = slow.session.save()
    slow.session.busy = false
    await saving
    expect(slow.session.toJSON()).toEqual({ busy: false, email: 'ann@example.com' })
    await slow.leave()
    expect(await browser.look()).toEqual({ busy: false, email: 'ann@example.com' })
  })

  test('is saved where a key that was just written goes again [P3]', async () => {
    const { browser, slow } = await conflicting()
    slow.session.lock = 'mine'
    const saving = slow.session.save()
    delete slow.session.lock
    await saving
    await slow.leave()
    expect(await browser.look()).toEqual({ busy: false, email: 'ann@example.com' })
  })

  test('is saved under a new id too [P3]', async () => {
    const { browser, slow } = await conflicting()
    slow.session.busy = true
    const saving = slow.session.save()
    await slow.session.regenerate({ keep: true })
    slow.session.busy = false
    await saving
    browser.receive(await slow.leave())
    expect(await browser.look()).toEqual({ busy: false, email: 'ann@example.com' })
  })
})
