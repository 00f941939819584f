import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, type ReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { AppResponse, ErrorHandler, Handler } from '../../src/app/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/index.ts'
import { laterStore } from '../engine/later-store.ts'
import { serve, testApp } from './serving.ts'

/** What a client gets of an answer. */
async function sent(answer: (res: AppResponse) => unknown, init?: RequestInit): Promise<Response> {
  const app = testApp({ onError: () => {} })
  app.get('/', (_req, res) => {
    const returned = answer(res)
    return returned instanceof Response ? returned : undefined
  })
  return fetch(await serve(app), init)
}

/** Makes a file with a text, and gives what opens it. */
async function fileWith(text: string): Promise<() => ReadStream> {
  const folder = await mkdtemp(join(tmpdir(), 'coatcheck-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'file.txt')
  await writeFile(path, text)
  return () => createReadStream(path)
}

/** Waits until a file is closed, also when that is because somebody lost interest. */
function closing(file: ReadStream): Promise<void> {
  return new Promise((resolve) => file.once('close', resolve))
}

describe('the type of a text', () => {
  test.each([
    ['text/html', 'text/html; charset=utf-8'],
    ['TEXT/CSV', 'TEXT/CSV; charset=utf-8'],
    ['text/html; charset=latin1', 'text/html; charset=latin1'],
    ['text/html; CharSet="x"', 'text/html; CharSet="x"'],
    ['application/xml', 'application/xml'],
  ])('that was set to %s is %s, for it is sent as UTF-8', async (given, type) => {
    for (const method of ['send', 'text', 'end'] as const) {
      const response = await sent((res) => res.set('Content-Type', given)[method]('ü'))
      expect([response.headers.get('content-type'), await response.text()]).toEqual([type, 'ü'])
    }
  })

  test('is left alone where bytes are sent', async () => {
    const response = await sent((res) => res.set('content-type', 'text/csv').send(new Uint8Array([0x61])))
    expect(response.headers.get('content-type')).toBe('text/csv')
  })
})

describe('res.send', () => {
  test.each<[string, unknown, string, string]>([
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer, 'application/octet-stream', '\u0001\u0002'],
    [
      'a view of a part',
      new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1),
      'application/octet-stream',
      '\u0002',
    ],
    ['a Buffer', Buffer.from('b'), 'application/octet-stream', 'b'],
    ['a Blob with a type', new Blob(['c'], { type: 'text/csv' }), 'text/csv', 'c'],
    ['a Blob without', new Blob(['c']), 'application/octet-stream', 'c'],
    ['a Node stream', Readable.from([Buffer.from('d'), Buffer.from('e')]), 'application/octet-stream', 'de'],
    ['a Node stream of texts', Readable.from(['ä', 'b']), 'application/octet-stream', 'äb'],
    ['a list', [1], 'application/json; charset=utf-8', '[1]'],
  ])('sends %s', async (_what, value, type, body) => {
    const response = await sent((res) => res.send(value))
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type])
    expect(await response.text()).toBe(body)
  })

  test('sends a file, and closes it', async () => {
    const file = (await fileWith('x'.repeat(300_000)))()
    const closed = once(file, 'close')
    const response = await sent((res) => res.set('content-type', 'text/plain').send(file))
    expect((await response.text()).length).toBe(300_000)
    await closed
  })

  test.each<[string, (res: AppResponse, file: ReadStream) => unknown, RequestInit]>([
    ['HEAD asks', (res, file) => res.send(file), { method: 'HEAD' }],
    ['HEAD asks, and it is returned', (_res, file) => new Response(Readable.toWeb(file)), { method: 'HEAD' }],
    [
      'HEAD asks, and it is returned after a header was set',
      (res, file) => {
        res.set('x-a', '1')
        return new Response(Readable.toWeb(file))
      },
      { method: 'HEAD' },
    ],
    [
      'there is an answer already',
      (res, file) => {
        res.json({}).send(file)
      },
      {},
    ],
    [
      'there is an answer, and it is returned',
      (res, file) => {
        res.json({})
        return new Response(Readable.toWeb(file))
      },
      {},
    ],
    ['the status has no body', (res, file) => res.status(204).send(file), {}],
    [
      'an error comes after it',
      (res, file) => {
        res.send(file)
        throw new Error('a fault')
      },
      {},
    ],
    [
      'an error comes after it and a header',
      (res, file) => {
        res.set('x-a', '1').send(file)
        throw new Error('a fault')
      },
      {},
    ],
  ])('closes a file that is not sent, when %s', async (_what, answer, init) => {
    const file = (await fileWith('x'.repeat(300_000)))()
    const closed = closing(file)
    await sent((res) => answer(res, file), init)
    await closed
  })

  test.each<[string, (res: AppResponse) => unknown]>([
    ['a stream', (res) => res.send(Readable.from(['hello']))],
    ['a Blob', (res) => res.send(new Blob(['hello']))],
  ])('HEAD of %s is answered as GET is, also where no server of Node is', async (_what, answer) => {
    const app = testApp()
    app.get('/', (req, res) => {
      req.session.visits = 1
      answer(res.set('x-a', '1'))
    })
    const answers = await Promise.all(['GET', 'HEAD'].map(async (method) => app.request('/', { method })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers.map(({ headers }) => headers.getSetCookie().length)).toEqual([1, 1])
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['hello', ''])
  })

  test.each<[string, (res: AppResponse, file: ReadStream) => unknown]>([
    ['sent', (res, file) => res.set('x-a', '1').send(file)],
    ['returned', (_res, file) => new Response(Readable.toWeb(file))],
  ])('closes a file that HEAD asks for, when it is %s below middleware of Hono', async (_what, answer) => {
    const file = (await fileWith('x'.repeat(300_000)))()
    const closed = closing(file)
    const app = testApp()
    app.hono.use((_c, next) => next())
    app.get('/', (req, res) => {
      req.session.visits = 1
      const returned = answer(res, file)
      return returned instanceof Response ? returned : undefined
    })
    const response = await fetch(await serve(app), { method: 'HEAD' })
    expect([response.status, response.headers.getSetCookie().length]).toEqual([200, 1])
    await closed
  })

  test('closes a file that an error handler answers HEAD with, when the session could not be saved', async () => {
    for (const answer of ['sent', 'returned']) {
      const file = (await fileWith('x'.repeat(300_000)))()
      const closed = closing(file)
      const sessionStore = faultyStore(new MemorySessionStore())
      sessionStore.fail('create')
      const app = testApp({ sessionStore })
      const showPage: ErrorHandler = (_error, _req, res, _next) =>
        answer === 'sent' ? res.status(503).send(file) : new Response(Readable.toWeb(file), { status: 503 })
      app.use(showPage)
      app.get('/', (req, res) => {
        req.session.visits = 1
        res.json({})
      })
      expect((await app.request('/', { method: 'HEAD' })).status).toBe(503)
      await closed
    }
  })

  test('hears of a stream that fails twice when it was let go of: nobody else would, and the process would end', async () => {
    const source = new PassThrough()
    const response = await sent((res) => res.send(source), { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(() => {
      source.emit('error', new Error('first'))
      source.emit('error', new Error('second'))
    }).not.toThrow()
  })

  test('closes a file that comes when the request has been answered for an error', async () => {
    const file = (await fileWith('x'.repeat(300_000)))()
    const closed = closing(file)
    let late: AppResponse | undefined
    const app = testApp({ onError: () => {} })
    app.get('/', async (_req, res) => {
      late = res
    })
    expect((await app.request('/')).status).toBe(500)
    late?.send(file)
    await closed
  })

  test.each(['GET', 'HEAD'])(
    'answers %s of a file that is not there with an error, as if it had been thrown',
    async (method) => {
      const told: unknown[] = []
      const app = testApp({
        sessionStore: laterStore(new MemorySessionStore()),
        onError: (error) => told.push(error),
      })
      app.get('/', (_req, res) =>
        res.set('content-type', 'text/csv').send(createReadStream('/nowhere/at/all')),
      )
      app.get(
        '/callback',
        (_req, res) => void setImmediate(() => res.send(createReadStream('/nowhere/at/all'))),
      )
      const url = await serve(app)
      for (const path of ['/', '/callback']) {
        const response = await fetch(`${url}${path}`, { method })
        expect([response.status, response.headers.get('content-type')]).toEqual([
          500,
          'application/json; charset=utf-8',
        ])
        expect(await response.text()).toBe(method === 'HEAD' ? '' : '{"error":"Internal Server Error"}')
      }
      expect(told).toEqual([
        expect.objectContaining({ code: 'ENOENT' }),
        expect.objectContaining({ code: 'ENOENT' }),
      ])
    },
  )

  test.each(['open', 'connect', 'ready'])(
    "waits for a stream that has still to be opened until it says '%s'",
    async (event) => {
      const app = testApp()
      app.get('/', (_req, res) => {
        const source = Object.assign(Readable.from(['opened']), { pending: true })
        setImmediate(() => source.emit(event))
        return res.send(source)
      })
      expect(await (await app.request('/')).text()).toBe('opened')
    },
  )

  test('answers for a stream that is not opened within answerTimeout with an error, and lets go of it', async () => {
    const told: unknown[] = []
    const app = testApp({ answerTimeout: 1, onError: (error) => told.push(error) })
    const source = new Socket()
    app.get('/', (_req, res) => res.status(404).send(source))
    const response = await fetch(await serve(app))
    expect([response.status, source.destroyed]).toEqual([500, true])
    expect(told).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^GET \/: a stream .* within 1 ms/) }),
    ])
  })

  test('answers for a stream that had failed before with its error', async () => {
    const told: unknown[] = []
    const app = testApp({ onError: (error) => told.push(error) })
    app.get('/', async (_req, res) => {
      const file = createReadStream('/nowhere/at/all')
      await once(file, 'ready').catch(() => {})
      return res.send(file)
    })
    expect((await fetch(await serve(app))).status).toBe(500)
    expect(told).toEqual([expect.objectContaining({ code: 'ENOENT' })])
  })

  test('sends what there is of a socket that was over before: nothing', async () => {
    const app = testApp({ onError: () => {} })
    app.get('/', async (_req, res) => {
      const { stdout } = spawn(process.execPath, ['--version'])
      stdout.resume()
      await once(stdout, 'close')
      return res.send(stdout)
    })
    const response = await fetch(await serve(app))
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  test('lets an error handler answer for a file that is not there', async () => {
    const app = testApp()
    const missing: ErrorHandler = (error, _req, res, next) =>
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? res.status(404).end()
        : next(error)
    app.use(missing).get('/', (_req, res) => res.send(createReadStream('/nowhere/at/all')))
    expect((await app.request('/')).status).toBe(404)
  })

  test.each<[string, Handler]>([
    ['leave next() alone', (_req, _res, next) => void next()],
    ['return next()', (_req, _res, next) => next()],
  ])('has a file that is not there fail once below middleware that %s', async (_what, middleware) => {
    const told: unknown[] = []
    const handled: unknown[] = []
    const app = testApp({ onError: (error) => told.push(error) })
    const passOn: ErrorHandler = (error, _req, _res, next) => {
      handled.push(error)
      return next(error)
    }
    app.use(middleware, middleware).use(passOn)
    app.get('/', (_req, res) => res.send(createReadStream('/nowhere/at/all')))
    expect((await app.request('/')).status).toBe(500)
    expect([handled.length, told.length]).toEqual([1, 1])
  })

  test('reports a stream that fails on its way, without a word of it to the client', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    const error = new Error('disk /dev/sda1 failed')
    for (const before of [[], [Buffer.from('begun')]]) {
      const told: unknown[] = []
      const app = testApp<{ n: number }>({
        sessionStore: laterStore(new MemorySessionStore()),
        onError: (failure) => told.push(failure),
      })
      app.get('/', (req, res) => {
        req.session.n = 1
        const failing = async function* (): AsyncGenerator<Uint8Array> {
          yield* before
          throw error
        }
        return res.send(Readable.from(failing()))
      })
      const { port } = new URL(await serve(app))
      const socket = connect(Number(port), '127.0.0.1')
      socket.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n')
      expect(await text(socket).catch(() => '')).not.toContain('sda1')
      expect(told).toEqual([error])
    }
  })

  test('reports a file that can be opened and not read, once', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    const told: unknown[] = []
    const app = testApp({ onError: (error) => told.push(error) })
    app.get('/', (_req, res) => res.send(createReadStream(tmpdir())))
    const response = await fetch(await serve(app))
    await expect(response.text()).rejects.toThrow()
    expect(told).toEqual([expect.objectContaining({ code: 'EISDIR' })])
  })

  test('does not report a client that has gone before the end', async () => {
    const told: unknown[] = []
    const app = testApp({ onError: (error) => told.push(error) })
    const endless = Readable.from(
      (async function* (): AsyncGenerator<string> {
        for (;;) yield 'x'.repeat(65_536)
      })(),
    )
    const closed = new Promise((resolve) => endless.once('close', resolve))
    app.get('/', (_req, res) => res.send(endless))
    const response = await fetch(await serve(app))
    await response.body?.cancel()
    await closed
    expect(told).toEqual([])
  })

  test('refuses a stream of objects, and lets go of it', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    const rows = new Readable({ objectMode: true, read: () => void rows.push({ a: 1 }) })
    const response = sent((res) => res.send(rows)).then((one) => one.text())
    await expect(response).rejects.toThrow()
    expect(rows.destroyed).toBe(true)
  })
})

test.each([204, 205, 304])('a %s has no body and no type', async (status) => {
  const response = await sent((res) => res.status(status).json({ never: 'sent' }))
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    status,
    null,
    '',
  ])
})
