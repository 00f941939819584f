import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import type { SessionStore } from '../../../src/index.ts'
import { faultyStore, MemorySessionStore } from '../built.js'
import { openApp, type Shop } from './shop.ts'
import type { AddCase, Suite } from './suite.ts'
import { Visitor } from './visitor.ts'

/** What the app does with the headers and the cookie. It makes its own manager, so `adapterConformance` cannot serve it. */
export const appSuite: Suite = {
  name: 'coatcheck/app',
  part: 'adapters',
  cases: (add) => {
    cookieCases(add)
    responseCases(add)
    failureCases(add)
  },
}

function enter(store: SessionStore = new MemorySessionStore()): { visitor: Visitor } & Shop {
  const shop = openApp({ store })
  return { ...shop, visitor: new Visitor(shop.handler, shop.sessions.cookieName) }
}

function cookieCases(add: AddCase): void {
  add('a page that writes nothing sets no cookie [P1]', async () => {
    const { visitor } = enter()
    for (const path of ['/untouched', '/read'])
      deepEqual((await visitor.send(path)).headers.getSetCookie(), [])
  })

  add('visits are counted from one request to the next', async () => {
    const { visitor } = enter()
    for (const visits of [1, 2, 3]) equal(await visitor.json('/count'), visits)
    equal(await visitor.twin().json('/count'), 4)
  })

  add('the cookie is HttpOnly, Secure, Lax, and has the safest name [P9]', async () => {
    const { visitor } = enter()
    const line = visitor.lineOf(await visitor.send('/count')) ?? ''
    match(line, /^__Host-Http-sid=[\w-]{43}\.[\w-]{43};/)
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
      ok(line.includes(`; ${attribute}`))
  })

  add('a login changes the id, and the old one is dead [P5] [A01]', async () => {
    const { visitor } = enter()
    await visitor.send('/count')
    const before = visitor.twin()
    await visitor.send('/login')
    notEqual(visitor.cookie, before.cookie)
    deepEqual(await before.json('/read'), {})
    deepEqual(await visitor.json('/read'), { count: 1, userId: 'ann' })
  })

  add('a logout ends the session and clears the cookie [P4]', async () => {
    const { visitor } = enter()
    await visitor.send('/login')
    const before = visitor.twin()
    await visitor.send('/logout')
    equal(visitor.cookie, '')
    deepEqual(await before.json('/read'), {})
  })

  add('a ticket that is forged, cut or doubled is no session [P10] [A02] [A05]', async () => {
    const { visitor, handler, sessions } = enter()
    await visitor.send('/count')
    const [name = '', ticket = ''] = visitor.cookie.split('=')
    const other = enter().visitor
    await other.send('/count')
    const forged = [
      `${name}=${ticket.slice(0, -1)}`,
      `${name}=${ticket.slice(0, 43)}.${'A'.repeat(43)}`,
      other.cookie,
    ]
    for (const cookie of forged) {
      deepEqual(await new Visitor(handler, sessions.cookieName, cookie).json('/read'), {})
    }
    const doubled = `${visitor.cookie}; ${visitor.cookie}`
    deepEqual(await new Visitor(handler, sessions.cookieName, doubled).json('/read'), { count: 1 })
  })
}

function responseCases(add: AddCase): void {
  add('a redirect, whose headers cannot be changed, carries the cookie [P2]', async () => {
    const { visitor } = enter()
    const response = await visitor.send('/login')
    equal(response.status, 303)
    equal(response.headers.get('location'), 'https://app.invalid/read')
    ok(visitor.lineOf(response))
  })

  add("the app's own cookies stay lines of their own [C18] [C19]", async () => {
    const { visitor } = enter()
    const response = await visitor.send('/cookies')
    const lines = response.headers.getSetCookie()
    deepEqual(lines.slice(0, 2), ['a=1', 'b=2'])
    equal(lines.length, 3)
    ok(lines[2] === visitor.lineOf(response))
  })

  add('what sets the cookie is not stored, what reads it varies on it [P9] [A17]', async () => {
    const { visitor } = enter()
    const written = await visitor.send('/count')
    equal(written.headers.get('cache-control'), 'no-store')
    const read = await visitor.send('/read')
    match(read.headers.get('vary') ?? '', /cookie/i)
    equal((await visitor.send('/untouched')).headers.get('vary'), null)
  })

  add('a streamed body arrives whole, with the cookie before it', async () => {
    const { visitor } = enter()
    const response = await visitor.send('/stream')
    ok(visitor.lineOf(response))
    equal(await response.text(), 'abc')
    deepEqual(await visitor.json('/read'), { count: 1 })
  })

  add('100 parallel updates count to 100 [P3] [A24]', async () => {
    const { visitor } = enter()
    await visitor.send('/login')
    await Promise.all(Array.from({ length: 100 }, () => visitor.twin().send('/increment')))
    deepEqual(await visitor.json('/read'), { userId: 'ann', count: 100 })
  })
}

function failureCases(add: AddCase): void {
  add('a save that fails is a 503 without a cookie [P2] [P11]', async () => {
    const store = faultyStore(new MemorySessionStore())
    const { visitor } = enter(store)
    store.fail('create')
    const response = await visitor.send('/count')
    equal(response.status, 503)
    equal(visitor.lineOf(response), undefined)
  })

  add('a load that fails is a 503, and overwrites nothing [P11] [C75]', async () => {
    const store = faultyStore(new MemorySessionStore())
    const { visitor } = enter(store)
    await visitor.send('/count')
    store.fail('get', { nth: 1 })
    equal((await visitor.send('/count')).status, 503)
    equal(await visitor.json('/count'), 2)
  })
}
