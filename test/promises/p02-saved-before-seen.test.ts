import { request, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type Context, Hono } from 'hono'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { session as honoSession, type SessionEnv } from '../../src/adapters/hono.ts'
import { session as nodeSession, type SessionRequest } from '../../src/adapters/node.ts'
import type { Session } from '../../src/core/session.ts'
import { settle } from '../engine/later-store.ts'
import { isPending } from '../engine/pending.ts'
import { serve } from '../engine/serve.ts'
import { start, startFaulty, startHeld } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
  b: number
}

afterEach(() => void vi.restoreAllMocks())

const VERBS: ReadonlyArray<['create' | 'replace' | 'touch' | 'destroy', (session: Session<Data>) => void]> = [
  ['create', (session) => session.set('userId', 'ann')],
  ['replace', (session) => session.set('a', 2)],
  ['replace', (session) => session.set('userId', 'bob')],
  ['touch', (session) => void session.a],
  ['destroy', (session) => session.clear()],
]

describe('a commit', () => {
  test.each(VERBS)(
    'answers when the store has answered %s, case %#, and not before [P2]',
    async (verb, act) => {
      const { browser, store, clock } = startHeld<Data>()
      if (verb !== 'create') await browser.request((session) => session.set('a', 1))
      clock.advance('1h')
      const exchange = await browser.arrive()
      act(exchange.session)
      const gate = store.hold(verb)
      const leaving = exchange.leave()
      await gate.reached
      expect(await isPending(leaving)).toBe(true)
      expect(exchange.headers.all()).toEqual({})
      gate.release()
      await leaving
    },
  )

  test('waits for both halves of a change of id [P2]', async () => {
    const { browser, store } = startHeld<Data>()
    await browser.request((session) => session.set('a', 1))
    const exchange = await browser.arrive()
    exchange.session.userId = 'ann'
    const creating = store.hold('create', { when: 'after' })
    const ending = store.hold('replace', { when: 'after' })
    const leaving = exchange.leave()
    await creating.reached
    expect(await isPending(leaving)).toBe(true)
    creating.release()
    await ending.reached
    expect(await isPending(leaving)).toBe(true)
    ending.release()
    expect((await leaving).ticket).not.toBeNull()
  })

  test('waits for a save() that nobody awaited [P2]', async () => {
    const { browser, store } = startHeld<Data>()
    const exchange = await browser.arrive()
    exchange.session.a = 1
    const gate = store.hold('create', { when: 'after' })
    void exchange.session.save()
    const leaving = exchange.leave()
    await gate.reached
    expect(await isPending(leaving)).toBe(true)
    gate.release()
    expect((await leaving).ticket).not.toBeNull()
  })

  test('on a store that answers at once needs no promise, and the record is there when it returns [P2]', async () => {
    const { browser, memory } = start<Data>()
    const { passage } = await browser.arrive()
    passage.session.a = 1
    const effects = passage.commit()
    expect(effects).not.toBeInstanceOf(Promise)
    expect(memory.count()).toBe(1)
  })

  test.each(VERBS)(
    'rejects with a 503 when %s fails, case %#, and gives no cookie [P2] [P11]',
    async (verb, act) => {
      const { browser, store, clock } = startFaulty<Data>()
      if (verb !== 'create') await browser.request((session) => session.set('a', 1))
      clock.advance('1h')
      const exchange = await browser.arrive()
      act(exchange.session)
      store.fail(verb)
      await expect(exchange.leave()).rejects.toMatchObject({ name: 'StoreError', status: 503 })
      expect(exchange.headers.all()).toEqual({})
      // The error response has headers of its own; they must neither wait for the same failure nor carry a ticket.
      expect(await exchange.end()).toBeNull()
    },
  )

  test('lets a response leave that says by its own status what the failure would be answered with, and no other [P2] [P11]', async () => {
    const { browser, store, memory } = startFaulty<Data>()
    store.fail('create')
    for (const status of [undefined, 200, 204, 302, 404, 499, 500, 502, 504]) {
      const { session, passage } = await browser.arrive()
      session.a = 1
      await expect((async () => passage.commit(status))()).rejects.toMatchObject({ status: 503 })
    }
    const { session, passage } = await browser.arrive()
    session.a = 1
    expect(await passage.commit(503)).toMatchObject({ setCookie: null })
    expect(memory.size).toBe(0)
  })

  test('rejects with the data error also where the response is a 503: its reason is another [P2]', async () => {
    const { browser } = start<{ text: string }>({ maxBytes: 100 })
    const { session, passage } = await browser.arrive()
    session.text = 'x'.repeat(200)
    await expect((async () => passage.commit(503))()).rejects.toMatchObject({ code: 'ERR_DATA_TOO_LARGE' })
  })

  test('rejects with the data error when the data cannot be kept, and gives no cookie [P2]', async () => {
    const { browser, memory } = start<{ text: string }>({ maxBytes: 100 })
    const exchange = await browser.arrive()
    exchange.session.text = 'x'.repeat(200)
    await expect(exchange.leave()).rejects.toMatchObject({ code: 'ERR_DATA_TOO_LARGE' })
    expect(exchange.headers.all()).toEqual({})
    expect(memory.count()).toBe(0)
  })
})

/** The ways a node:http handler answers. Each writes the session first. */
const NODE_ANSWERS: ReadonlyArray<[string, (response: ServerResponse) => void]> = [
  ['JSON', (response) => void response.setHeader('content-type', 'application/json').end('{"done":true}')],
  ['a redirect with a body', (response) => void response.writeHead(302, { location: '/' }).end('moved')],
  ['a redirect without a body', (response) => void response.writeHead(303, { location: '/' }).end()],
  ['no content', (response) => void response.writeHead(204).end()],
  ['not modified', (response) => void response.writeHead(304).end()],
  [
    'chunks',
    (response) => {
      response.write('one')
      response.write('two')
      response.end('three')
    },
  ],
  ['a piped stream', (response) => void Readable.from(['one', 'two']).pipe(response)],
  [
    'headers flushed early',
    (response) => {
      response.flushHeaders()
      response.end('body')
    },
  ],
  [
    'an error thrown by the handler',
    () => {
      throw new Error('handler')
    },
  ],
]

describe('over HTTP, a node:http response', () => {
  test.each(NODE_ANSWERS)(
    'of %s sends no byte of its headers before the save [P2] [M6]',
    async (_name, answer) => {
      vi.spyOn(console, 'error').mockImplementation(() => {})
      const { sessions, store, memory } = startHeld<Data>()
      const url = await serve(nodeSession(sessions, write(answer)))
      const gate = store.hold('create')
      const fetching = fetch(`${url}/write`, { redirect: 'manual' })
      await gate.reached
      // A whole other exchange over the same wire: what was going to be sent has been sent by then.
      await (await fetch(`${url}/look`)).text()
      expect(await isPending(fetching)).toBe(true)
      expect(memory.count()).toBe(0)
      gate.release()
      const response = await fetching
      await response.text()
      expect(response.headers.getSetCookie()).toHaveLength(1)
      expect(memory.count()).toBe(1)
    },
  )

  test.each(NODE_ANSWERS)(
    'of %s becomes a 503 without a cookie when the save fails [P2] [P11]',
    async (_name, answer) => {
      vi.spyOn(console, 'error').mockImplementation(() => {})
      const { sessions, store, memory } = startFaulty<Data>()
      const url = await serve(nodeSession(sessions, write(answer)))
      store.fail('create')
      const response = await fetch(`${url}/write`, { redirect: 'manual' })
      expect(response.status).toBe(503)
      expect(response.headers.getSetCookie()).toEqual([])
      expect(response.headers.get('location')).toBeNull()
      expect(await response.text()).not.toMatch(/done|moved|one|body/)
      expect(memory.count()).toBe(0)
    },
  )

  test('saves what changed while its body streamed before the client sees the end [P2]', async () => {
    const { sessions, store, memory } = startHeld<Data>()
    const middle = Promise.withResolvers<void>()
    const stream = async (request: SessionRequest<Data>, response: ServerResponse): Promise<void> => {
      request.session.a = 1
      response.write('one')
      await middle.promise
      request.session.b = 2
      response.end('two')
    }
    const url = await serve(nodeSession(sessions, stream))
    const response = await fetch(url)
    expect(memory.entries().records.map(({ data }) => data)).toEqual(['{"a":1}'])
    const gate = store.hold('replace')
    const ending = response.text()
    middle.resolve()
    await gate.reached
    expect(await isPending(ending)).toBe(true)
    gate.release()
    expect(await ending).toBe('onetwo')
    expect(memory.entries().records.map(({ data }) => data)).toEqual(['{"a":1,"b":2}'])
  })

  test('is cut off, not ended as a success, when the save at its end fails [P2]', async () => {
    const { sessions, store } = startFaulty<Data>()
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const middle = Promise.withResolvers<void>()
    const stream = async (request: SessionRequest<Data>, response: ServerResponse): Promise<void> => {
      request.session.a = 1
      response.write('one')
      await middle.promise
      request.session.b = 2
      response.end('two')
    }
    const url = await serve(nodeSession(sessions, stream))
    const response = await fetch(url)
    store.fail('replace')
    middle.resolve()
    await expect(response.text()).rejects.toThrow()
  })
})

/** The ways a Hono handler answers. */
const HONO_ANSWERS: ReadonlyArray<[string, (c: Context) => Response | Promise<Response>]> = [
  ['c.json', (c) => c.json({ done: true })],
  ['c.redirect', (c) => c.redirect('/')],
  ['a raw Response', () => new Response('raw', { headers: { 'content-type': 'text/plain' } })],
  ['Response.redirect', () => Response.redirect('http://localhost/')],
  ['a Response with a stream', () => new Response(ReadableStream.from([new Uint8Array([65])]))],
  [
    'an error thrown by the handler',
    () => {
      throw new Error('handler')
    },
  ],
]

describe('over fetch, a Hono response', () => {
  test.each(HONO_ANSWERS)('of %s is not given out before the save [P2] [M6]', async (_name, answer) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { sessions, store, memory } = startHeld<Data>()
    const app = honoApp(sessions, answer)
    const gate = store.hold('create')
    const answering = Promise.resolve(app.request('/'))
    await gate.reached
    expect(await isPending(answering)).toBe(true)
    gate.release()
    const response = await answering
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(memory.count()).toBe(1)
  })

  test.each(HONO_ANSWERS)(
    'of %s becomes a 503 without a cookie when the save fails [P2]',
    async (_name, answer) => {
      vi.spyOn(console, 'error').mockImplementation(() => {})
      const { sessions, store } = startFaulty<Data>()
      store.fail('create')
      const response = await honoApp(sessions, answer).request('/')
      expect(response.status).toBe(503)
      expect(response.headers.getSetCookie()).toEqual([])
      expect(response.headers.get('location')).toBeNull()
      expect(await response.text()).not.toMatch(/done|raw/)
    },
  )

  test('with a stream saves what changes while it flows [P2]', async () => {
    const { sessions, memory } = startHeld<Data>()
    const app = new Hono<SessionEnv<Data>>().use(honoSession(sessions)).get('/', (c) => {
      const { session } = c.var
      session.a = 1
      async function* body(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array([65])
        await setImmediate()
        session.b = 2
        yield new Uint8Array([66])
      }
      return new Response(ReadableStream.from(body()))
    })
    const response = await app.request('/')
    expect(memory.entries().records.map(({ data }) => data)).toEqual(['{"a":1}'])
    await response.text()
    await settle()
    expect(memory.entries().records.map(({ data }) => data)).toEqual(['{"a":1,"b":2}'])
  })
})

function write(answer: (response: ServerResponse) => void) {
  return (request: SessionRequest<Data>, response: ServerResponse): void => {
    if (request.url !== '/write') {
      response.end()
      return
    }
    request.session.a = 1
    answer(response)
  }
}

function honoApp(
  sessions: Parameters<typeof honoSession<Data>>[0],
  answer: (c: Context) => Response | Promise<Response>,
) {
  return new Hono<SessionEnv<Data>>().use(honoSession(sessions)).get('/', (c) => {
    c.var.session.a = 1
    return answer(c)
  })
}

test('what needs a new cookie and is saved behind the headers is an error for its handler, and no success [P2]', async () => {
  const { browser, memory } = start<{ userId: string }>()
  const exchange = await browser.arrive()
  await exchange.leave()
  exchange.session.userId = 'ann'
  const tooLate = { name: 'UsageError', code: 'ERR_HEADERS_SENT' }
  const told = Promise.withResolvers<unknown>()
  exchange.session.save((error) => told.resolve(error))
  expect(await told.promise).toMatchObject(tooLate)
  await exchange.session.save() // nothing was changed since
  expect(memory.count()).toBe(0)
})

test('a save behind the headers is none of those that are lost behind it [P2]', async () => {
  const { browser } = start<Data>()
  await browser.request((session) => session.set('a', 1))
  const exchange = await browser.arrive()
  await exchange.leave()
  exchange.session.a = 2
  const saved = exchange.session.save()
  exchange.session.userId = 'eve'
  const lost = exchange.session.save()
  await saved
  await expect(lost).rejects.toMatchObject({ code: 'ERR_HEADERS_SENT' })
  expect(await browser.look()).toEqual({ a: 2 })
})

test('what a handler has done is saved when its client leaves before the answer, also if nothing is sent then [P2] [P4]', async () => {
  const { sessions, memory, browser } = start<Data>()
  await browser.request((session) => session.set('userId', 'ann'))
  const asked = Promise.withResolvers<void>()
  const url = await serve(
    nodeSession(sessions, ({ session }) => {
      session.clear()
      asked.resolve()
    }),
  )
  const client = request(url, { headers: { cookie: `${sessions.cookieName}=${browser.ticket}` } })
  client.on('error', () => {}).end()
  await asked.promise
  client.destroy()
  await vi.waitFor(() => expect(memory.count()).toBe(0))
})
