import { request } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { session as nodeSession } from '../../src/adapters/node.ts'
import type { Session } from '../../src/core/session.ts'
import { EventLog } from '../engine/event-log.ts'
import { settle } from '../engine/later-store.ts'
import { serve } from '../engine/serve.ts'
import { start, startHeld, startLater } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
}

afterEach(() => void vi.restoreAllMocks())

describe('[A32] after the headers have gone, the engine', () => {
  async function gone() {
    const started = startLater<Data>()
    await started.browser.request((session) => session.set('a', 1))
    const exchange = await started.browser.arrive()
    expect(exchange.session.a).toBe(1)
    const response = await exchange.leave()
    return { ...started, exchange, response, log: new EventLog(started.sessions) }
  }

  test('still saves what is written, and sets no cookie [A32] [P2]', async () => {
    const { browser, exchange } = await gone()
    exchange.session.a = 2
    expect(await exchange.end()).toBeNull()
    expect(await browser.look()).toEqual({ a: 2 })
  })

  test('saves it by itself where nobody says that the body has ended [A32] [P2]', async () => {
    const { browser, exchange } = await gone()
    exchange.session.a = 2
    await settle()
    expect(await browser.look()).toEqual({ a: 2 })
  })

  test('still ends a session that is destroyed or cleared [A32] [P4]', async () => {
    for (const verb of ['destroy', 'clear'] as const) {
      const { browser, exchange, memory } = await gone()
      await exchange.session[verb]()
      await exchange.end()
      expect(memory.count()).toBe(0)
      expect(await browser.look()).toEqual({})
    }
  })

  test('refuses a new id with an error that says so [A32]', async () => {
    const { browser, exchange } = await gone()
    await expect(exchange.session.regenerate()).rejects.toMatchObject({
      name: 'UsageError',
      code: 'ERR_HEADERS_SENT',
      message: expect.stringMatching(/Nothing was changed/),
    })
    await exchange.end()
    expect(await browser.look()).toEqual({ a: 1 })
  })

  test('makes no record for a visitor whom no cookie can reach any more, and says so [A32] [P1]', async () => {
    const { browser, sessions, memory } = startLater<Data>()
    const log = new EventLog(sessions)
    const exchange = await browser.arrive()
    await exchange.leave()
    exchange.session.a = 1
    await exchange.end()
    expect(memory.count()).toBe(0)
    expect(log.told).toEqual(['discarded: headers-sent'])
  })

  test('gives nobody powers under an id that cannot change any more [A32] [P5] [A01]', async () => {
    const { browser, exchange, memory, log } = await gone()
    exchange.session.userId = 'admin'
    await exchange.end()
    expect(memory.listByUser('admin')).toEqual([])
    expect(log.told).toEqual(['discarded: headers-sent'])
    expect(await browser.look()).toEqual({ a: 1 })
  })

  test.each([
    ['by its data', (session: Session<Data>) => void Reflect.deleteProperty(session, 'userId')],
    ['by update()', (session: Session<Data>) => session.update((draft) => void delete draft.userId)],
    ['for another', (session: Session<Data>) => session.set('userId', 'bob')],
    [
      'for another by update()',
      (session: Session<Data>) => session.update((draft) => void Object.assign(draft, { userId: 'bob' })),
    ],
  ])('ends the session of a user who signs out %s [A32] [P5] [A01]', async (_how, signOut) => {
    const { browser, memory, sessions } = startLater<Data>()
    await browser.request((session) => session.set('userId', 'ann'))
    const exchange = await browser.arrive()
    expect(exchange.session.userId).toBe('ann')
    await exchange.leave()
    const log = new EventLog(sessions)
    await signOut(exchange.session)
    await exchange.end()
    expect(memory.count()).toBe(0)
    expect(log.told.sort()).toEqual(['destroyed', 'discarded: headers-sent'])
  })

  test('says of what is written behind such a change that it came too late as well [A32]', async () => {
    const { browser, exchange, log } = await gone()
    exchange.session.userId = 'admin'
    await exchange.end()
    log.clear()
    exchange.session.a = 2
    await exchange.end()
    expect(log.told).toEqual(['discarded: headers-sent'])
    expect(await browser.look()).toEqual({ a: 1 })
  })

  test('does not bring a session back that ended while the body went out [A32] [A22]', async () => {
    const { browser, exchange, memory } = await gone()
    await browser.copy().request((session) => session.destroy())
    exchange.session.a = 2
    await exchange.end()
    expect(memory.count()).toBe(0)
  })
})

describe('[A32] over HTTP', () => {
  test('flushed headers, a 304, a HEAD and a 103 all have the cookie, and the session is saved [A32] [P2]', async () => {
    const { sessions, memory } = startLater<Data>()
    const url = await serve(
      nodeSession(sessions, (incoming, response) => {
        incoming.session.a = 1
        if (incoming.url === '/flush') response.flushHeaders()
        if (incoming.url === '/hints') response.writeEarlyHints({ link: '</x.css>; rel=preload' })
        if (incoming.url === '/304') response.statusCode = 304
        response.end()
      }),
    )
    let expected = 0
    for (const [path, init] of [['/flush'], ['/hints'], ['/304'], ['/', { method: 'HEAD' }]] as const) {
      const response = await fetch(url + path, init ?? {})
      expected++
      expect(response.headers.getSetCookie(), path).toHaveLength(1)
      expect(memory.count()).toBe(expected)
    }
  })

  test('a handler that throws answers 500 once, and what it had written is saved [A32]', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { sessions, memory } = startLater<Data>()
    const url = await serve(
      nodeSession(sessions, async (incoming) => {
        incoming.session.a = 1
        await setImmediate()
        throw new Error('from the handler')
      }),
    )
    const response = await fetch(url)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('from the handler')
    expect(memory.count()).toBe(1)
  })

  test('a client that goes away while its session is saved brings nothing back and stops nobody [A32] [A22]', async () => {
    const { browser, sessions, store, memory } = startHeld<Data>()
    await browser.request((session) => session.set('a', 1))
    const url = await serve(
      nodeSession(sessions, (incoming, response) => {
        if (incoming.url === '/write') incoming.session.a = 2
        response.end('done')
      }),
    )
    const gate = store.hold('replace')
    const leaving = request(`${url}/write`, { headers: { cookie: browser.cookie ?? '' } })
    leaving.on('error', () => {})
    leaving.end()
    await gate.reached
    leaving.destroy()
    await browser.copy().request((session) => session.destroy())
    gate.release()
    await settle()
    expect(memory.count()).toBe(0)
    expect(await (await fetch(url)).text()).toBe('done')
  })

  test('a client that is gone before the handler wrote has its session all the same [A32]', async () => {
    const { browser, sessions } = start<Data>()
    await browser.request((session) => session.set('a', 1))
    const gone = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const handled = Promise.withResolvers<void>()
    const url = await serve(
      nodeSession(sessions, async (incoming, response) => {
        response.on('close', gone.resolve)
        arrived.resolve()
        await gone.promise
        incoming.session.a = 2
        response.end('to nobody')
        handled.resolve()
      }),
    )
    const leaving = request(url, { headers: { cookie: browser.cookie ?? '' } })
    leaving.on('error', () => {})
    leaving.end()
    await arrived.promise
    leaving.destroy()
    await handled.promise
    await settle()
    expect(await browser.look()).toEqual({ a: 2 })
  })
})
