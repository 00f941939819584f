import { describe, expect, test } from 'vitest'
import { start } from '../engine/start.ts'

/** What a database driver gives as an id: an object that writes itself as text. */
class ObjectId {
  readonly #hex: string
  constructor(hex: string) {
    this.#hex = hex
  }
  toJSON(): string {
    return this.#hex
  }
}

describe('[A01] fixation', () => {
  test('signing in with an id object changes the id as signing in with its text does [A01] [P5]', async () => {
    const { browser, memory } = start<{ cart: string[]; userId: ObjectId | string }>()
    await browser.request((session) => {
      session.cart = ['hat']
    })
    const attacker = browser.copy()
    await browser.request((session) => {
      session.userId = new ObjectId('66f0c0ffee')
    })
    expect(await attacker.look()).toEqual({})
    expect(await browser.look()).toEqual({ cart: ['hat'], userId: '66f0c0ffee' })
    expect(memory.listByUser('66f0c0ffee')).toHaveLength(1)
  })

  test('a user that only two parallel requests together make changes the id as well [A01] [P5]', async () => {
    const { browser } = start<{ tenant: string; login: string }>({
      user: ({ tenant, login }) => (tenant && login ? `${tenant}/${login}` : undefined),
    })
    await browser.request((session) => {
      session.tenant = ''
    })
    const attacker = browser.copy()
    const first = await browser.arrive()
    const second = await browser.arrive()
    first.session.tenant = 'acme'
    second.session.login = 'ann'
    browser.receive(await first.leave())
    browser.receive(await second.leave())
    expect(await attacker.look()).toEqual({})
    expect(await browser.look()).toEqual({ tenant: 'acme', login: 'ann' })
  })
})
