import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { etag } from 'hono/etag'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type AppResponse, type ErrorHandler, type Handler, HttpError } from '../../src/app/index.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { laterStore } from '../engine/later-store.ts'
import { serve, testApp } from './serving.ts'

const FAULT = new Error('connect ECONNREFUSED db.internal:5432')
const OTHER = new Error('another')
const INTERNAL = '{"error":"Internal Server Error"}'

/** A stream that gives these chunks and then fails. */
function failingAfter(chunks: string[], error: unknown = FAULT): ReadableStream<Uint8Array> {
  const left = chunks.map((chunk) => new TextEncoder().encode(chunk))
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    const chunk = left.shift()
    if (chunk === undefined) controller.error(error)
    else controller.enqueue(chunk)
  }
  return new ReadableStream({ pull }, { highWaterMark: 0 })
}

/** A stream that has failed. */
function failed(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.error(FAULT) })
}

/** A stream without an end, and what tells that somebody has let go of it. */
function endless(chunk: unknown = new Uint8Array(65_536)): {
  stream: ReadableStream<unknown>
  letGo: Promise<unknown>
} {
  const { promise, resolve } = Promise.withResolvers()
  const stream = new ReadableStream<unknown>(
    { pull: (controller) => controller.enqueue(chunk), cancel: resolve },
    { highWaterMark: 0 },
  )
  return { stream, letGo: promise }
}

/** An app with one page that answers, and what its `onError` is told. */
function appOf(answer: Handler, options: { sessionStore?: SessionStore } = {}) {
  const told: unknown[] = []
  const app = testApp({ ...options, onError: (error) => told.push(error) })
  app.all('/', answer)
  return { app, told }
}

/** All bytes that come for a request until the connection ends. */
async function bytesFrom(app: Parameters<typeof serve>[0], method = 'GET'): Promise<string> {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => print.mockRestore())
  const { port, hostname } = new URL(await serve(app))
  const socket = connect(Number(port), hostname)
  let bytes = ''
  socket.on('data', (data) => {
    bytes += data.toString()
  })
  socket.write(`${method} / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`)
  await text(socket).catch(() => {})
  return bytes
}

describe('a stream of the web that is sent', () => {
  test.each(['GET', 'HEAD'])('and has failed before is an error, as if %s had thrown it', async (method) => {
    for (const sessionStore of [new MemorySessionStore(), laterStore(new MemorySessionStore())]) {
      const { app, told } = appOf((_req, res) => res.set('content-type', 'text/csv').send(failed()), {
        sessionStore,
      })
      for (const ask of [await serve(app), null]) {
        const response = await (ask === null ? app.request('/', { method }) : fetch(ask, { method }))
        expect([response.status, response.headers.get('content-type')]).toEqual([
          500,
          'application/json; charset=utf-8',
        ])
        expect(await response.text()).toBe(method === 'HEAD' ? '' : INTERNAL)
      }
      expect(told).toEqual([FAULT, FAULT])
    }
  })

  test('and has failed before may be answered for by an error handler', async () => {
    const { app, told } = appOf((_req, res) => res.send(failed()))
    const showPage: ErrorHandler = (error, _req, res, _next) =>
      res.status(502).text(error === FAULT ? 'try again' : 'what?')
    app.use(showPage)
    const response = await app.request('/')
    expect([response.status, await response.text(), told]).toEqual([502, 'try again', []])
  })

  test('and has failed before fails once when it is sent from a callback, below middleware', async () => {
    const { app, told } = appOf((_req, res) => void setImmediate(() => res.send(failed())))
    const outer = testApp({ onError: (error) => told.push(error) })
    outer.use((_req, _res, next) => void next())
    outer.get('/', (_req, res) => void setImmediate(() => res.send(failed())))
    expect([(await app.request('/')).status, (await outer.request('/')).status]).toEqual([500, 500])
    expect(told).toEqual([FAULT, FAULT])
  })

  test.each([[[]], [['begun']]])(
    'and fails after %j breaks off, is reported once, and says nothing',
    async (chunks) => {
      for (const sessionStore of [new MemorySessionStore(), laterStore(new MemorySessionStore())]) {
        const { app, told } = appOf(
          (req, res) => {
            req.session.n = 1
            return res.send(failingAfter(chunks))
          },
          { sessionStore },
        )
        const bytes = await bytesFrom(app)
        expect(bytes).not.toContain('ECONNREFUSED')
        expect(bytes).not.toMatch(/\r\n0\r\n\r\n$/)
        expect(told).toEqual([FAULT])
      }
    },
  )

  test.each<[unknown, number, string]>([
    [FAULT, 500, INTERNAL],
    [new HttpError(404, 'No such object.'), 404, '{"error":"No such object."}'],
    ['a text', 500, INTERNAL],
  ])(
    'and fails later with %s below middleware that reads it is that error, told once',
    async (error, status, body) => {
      const { app, told } = appOf((_req, res) => res.send(failingAfter(['begun'], error)))
      app.hono.use(etag())
      app.get('/below', (_req, res) => res.send(failingAfter(['begun'], error)))
      for (const ask of [await serve(app), null]) {
        const response = await (ask === null ? app.request('/below') : fetch(`${ask}/below`))
        expect([response.status, await response.text()]).toEqual([status, body])
      }
      expect(told).toEqual([error, error])
    },
  )

  test('and fails later below middleware is shown to error handlers, and told again only as another error', async () => {
    const { app, told } = appOf((_req, res) => res.send(''))
    app.hono.use(etag())
    app.get('/below', (_req, res) => res.send(failingAfter(['begun'])))
    app.get('/other', (_req, res) => res.send(failingAfter(['begun'])))
    const shown: unknown[] = []
    const pass: ErrorHandler = (error, req, _res, next) => {
      shown.push(error)
      return next(req.path === '/other' ? OTHER : error)
    }
    app.use(pass)
    for (const path of ['/below', '/other']) expect((await app.request(path)).status).toBe(500)
    expect([shown, told]).toEqual([
      [FAULT, FAULT],
      [FAULT, FAULT, OTHER],
    ])
  })

  test.each<[string, (stream: ReadableStream) => unknown]>([
    ['was sent before', () => {}],
    ['is read by somebody else', (stream) => stream.getReader()],
  ])('and %s is an error that is reported, with no answer begun', async (what, before) => {
    const stream = ReadableStream.from([new TextEncoder().encode('report')])
    before(stream)
    const { app, told } = appOf((_req, res) => res.send(stream))
    const url = await serve(app)
    if (what === 'was sent before') expect(await (await fetch(url)).text()).toBe('report')
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([500, INTERNAL])
    expect(told).toEqual([expect.objectContaining({ message: expect.stringMatching(/sent before/) })])
    expect(told[0]).toBeInstanceOf(TypeError)
  })

  test('and is read by somebody else is dropped where the request was answered for an error', async () => {
    let late: AppResponse | undefined
    const { app, told } = appOf(async (_req, res) => {
      late = res
    })
    expect((await app.request('/')).status).toBe(500)
    const stream = new ReadableStream()
    stream.getReader()
    expect(() => late?.send(stream)).not.toThrow()
    expect(told).toHaveLength(1)
  })

  test.each<[string, (res: AppResponse, stream: ReadableStream) => unknown, RequestInit]>([
    ['HEAD asks', (res, stream) => res.send(stream), { method: 'HEAD' }],
    ['there is an answer already', (res, stream) => res.json({}).send(stream), {}],
    ['the status has no body', (res, stream) => res.status(204).send(stream), {}],
    [
      'an error comes after it',
      (res, stream) => {
        res.set('x-a', '1').send(stream)
        throw FAULT
      },
      {},
    ],
  ])('and that nobody gets is let go of, when %s', async (_what, answer, init) => {
    const { stream, letGo } = endless()
    const { app } = appOf((_req, res) => void answer(res, stream))
    await fetch(await serve(app), init)
    await letGo
  })

  test('is let go of when the client has gone, and that is not reported', async () => {
    const { stream, letGo } = endless()
    const { app, told } = appOf((_req, res) => res.send(stream))
    const response = await fetch(await serve(app))
    await response.body?.cancel()
    await letGo
    expect(told).toEqual([])
  })

  test('is read no faster than it is taken', async () => {
    let pulled = 0
    const pull = (controller: ReadableStreamDefaultController): void => {
      pulled++
      controller.enqueue(new Uint8Array(1))
    }
    const { app } = appOf((_req, res) => res.send(new ReadableStream({ pull }, { highWaterMark: 0 })))
    const { body } = await app.request('/')
    const reader = body?.getReader()
    await reader?.read()
    await reader?.read()
    expect(pulled).toBe(2)
    await reader?.cancel()
  })

  test('may be of every kind of bytes that can be sent whole', async () => {
    const { buffer } = new TextEncoder().encode('abcdefgh')
    const chunks = [buffer, new DataView(buffer, 2, 3), new Uint16Array(buffer, 2, 1), new ArrayBuffer(0)]
    const { app, told } = appOf((_req, res) => res.send(ReadableStream.from(chunks)))
    expect([await (await app.request('/')).text(), told]).toEqual(['abcdefghcdecd', []])
    expect(await (await fetch(await serve(app))).text()).toBe('abcdefghcdecd')
  })

  test('may be of text, and is refused and let go of when it is of objects', async () => {
    const { app, told } = appOf((_req, res) => res.send(ReadableStream.from(['Grüße', ', Welt'])))
    expect(await (await app.request('/')).text()).toBe('Grüße, Welt')
    const { stream, letGo } = endless({ a: 1 })
    const rows = appOf((_req, res) => res.send(stream))
    expect(await bytesFrom(rows.app)).not.toContain('JSON lines')
    await letGo
    expect([told, rows.told]).toEqual([
      [],
      [expect.objectContaining({ message: expect.stringMatching(/got object.*JSON lines/) })],
    ])
  })
})
