import { describe, expect, test } from 'vitest'
import { type AppResponse, type Handler, HttpError } from '../../src/app/index.ts'
import { serve, testApp } from './serving.ts'

/** Lets one handler answer, and tells what the app reported. */
async function answerOf(handler: Handler): Promise<{ response: Response; reported: unknown[] }> {
  const reported: unknown[] = []
  const app = testApp({ onError: (error) => reported.push(error), answerTimeout: 50 })
  app.get('/page', handler)
  return { response: await app.request('/page'), reported }
}

describe('an answer', () => {
  test.each<[string, Handler, number, string, string | null]>([
    [
      'json',
      (_req, res) => res.status(201).json({ a: 1 }),
      201,
      '{"a":1}',
      'application/json; charset=utf-8',
    ],
    ['text', (_req, res) => res.text('<b>'), 200, '<b>', 'text/plain; charset=utf-8'],
    ['html', (_req, res) => res.html('<b>'), 200, '<b>', 'text/html; charset=utf-8'],
    ['send of text', (_req, res) => res.send('<b>'), 200, '<b>', 'text/html; charset=utf-8'],
    ['send of an object', (_req, res) => res.send([1]), 200, '[1]', 'application/json; charset=utf-8'],
    ['send of bytes', (_req, res) => res.send(Buffer.from('hi')), 200, 'hi', 'application/octet-stream'],
    ['send of nothing', (_req, res) => res.send(), 200, '', null],
    ['end', (_req, res) => res.status(202).end(), 202, '', null],
    ['end with text', (_req, res) => res.end('bye'), 200, 'bye', 'text/plain; charset=utf-8'],
    [
      'a type of one’s own',
      (_req, res) => res.set('Content-Type', 'text/csv').send('a,b'),
      200,
      'a,b',
      'text/csv; charset=utf-8',
    ],
    ['a bodiless status', (_req, res) => res.status(204).json({ a: 1 }), 204, '', null],
    ['an async handler', async (_req, res) => res.json(1), 200, '1', 'application/json; charset=utf-8'],
  ])('by %s', async (_how, handler, status, body, type) => {
    const { response } = await answerOf(handler)
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([
      status,
      body,
      type,
    ])
  })

  test('by a redirect is 302, or what is said', async () => {
    const { response } = await answerOf((_req, res) => res.redirect('/login'))
    expect([response.status, response.headers.get('location')]).toEqual([302, '/login'])
    const other = await answerOf((_req, res) => res.redirect(303, 'https://example.com/a?b=%20c'))
    expect([other.response.status, other.response.headers.get('location')]).toEqual([
      303,
      'https://example.com/a?b=%20c',
    ])
  })

  test('by a redirect cannot be made to write another header', async () => {
    const { response } = await answerOf((_req, res) => res.redirect('/ü\r\nset-cookie: a=b'))
    expect(response.headers.get('location')).toBe('/%C3%BC%0D%0Aset-cookie:%20a=b')
    expect(response.headers.getSetCookie()).toEqual([])
  })

  test.each([
    ['/\\evil.example', '/%5Cevil.example'],
    ['\\\\evil.example/', '%5C%5Cevil.example/'],
    ['/a"<b>', '/a%22%3Cb%3E'],
  ])('by a redirect to %s stays on the site', async (target, location) => {
    const { response } = await answerOf((_req, res) => res.redirect(target))
    expect(response.headers.get('location')).toBe(location)
    expect(new URL(location, 'https://shop.example').host).toBe('shop.example')
  })

  test('may be a web Response, with the headers that were set before', async () => {
    const { response } = await answerOf((_req, res) => {
      res.set('x-a', 'before').set('x-b', 'before').cookie('mine', '1')
      return new Response('body', { status: 203, headers: { 'x-b': 'after', 'set-cookie': 'its=2' } })
    })
    expect(response.status).toBe(203)
    expect(await response.text()).toBe('body')
    expect([response.headers.get('x-a'), response.headers.get('x-b')]).toEqual(['before', 'after'])
    expect(response.headers.getSetCookie()).toEqual(['mine=1; Path=/', 'its=2'])
  })

  test('may be a web Response with cookies, also after a header was read', async () => {
    const { response } = await answerOf((_req, res) => {
      res.cookie('mine', '1').set('x-read', res.get('x-none') ?? 'none')
      return new Response(null, { headers: { 'set-cookie': 'its=2' } })
    })
    expect(response.headers.getSetCookie()).toEqual(['mine=1; Path=/', 'its=2'])
    expect(response.headers.get('x-read')).toBe('none')
  })

  test('may be a stream, which arrives piece by piece', async () => {
    const app = testApp()
    const { promise: goOn, resolve } = Promise.withResolvers<void>()
    app.get('/stream', () => {
      const pieces = async function* (): AsyncGenerator<Uint8Array> {
        yield new TextEncoder().encode('first')
        await goOn
        yield new TextEncoder().encode('second')
      }
      return new Response(ReadableStream.from(pieces()))
    })
    const response = await fetch(`${await serve(app)}/stream`)
    const arrived: string[] = []
    for await (const piece of response.body ?? []) {
      arrived.push(new TextDecoder().decode(piece))
      resolve()
    }
    expect(arrived).toEqual(['first', 'second'])
  })

  test('may come later, from a callback', async () => {
    const { response } = await answerOf((_req, res) => {
      setImmediate(() => res.json({ late: true }))
    })
    expect(await response.json()).toEqual({ late: true })
  })

  test('given twice is a 500 with a clear message', async () => {
    const { response, reported } = await answerOf((_req, res) => {
      res.status(401).json({ error: 'Not logged in' })
      res.json({ secret: true })
    })
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ error: 'Internal Server Error' })
    expect(reported).toHaveLength(1)
    expect(String(reported[0])).toContain('GET /page has been answered already')
  })

  test('that an async handler never gives is a 500 that names the route', async () => {
    const { response, reported } = await answerOf(async () => {})
    expect(response.status).toBe(500)
    expect(String(reported[0])).toContain('GET /page: a handler had neither answered nor called next()')
  })

  test('that a callback never gives is a 500 after answerTimeout', async () => {
    const { response, reported } = await answerOf(() => {})
    expect(response.status).toBe(500)
    expect(String(reported[0])).toContain('neither answered nor called next() within 50 ms')
  })

  test('tells whether it was given', async () => {
    const { response } = await answerOf((_req, res) => {
      const before = res.headersSent
      res.status(202).text('')
      res.set('x-sent', `${before} ${res.headersSent} ${res.statusCode}`)
    })
    expect(response.headers.get('x-sent')).toBe('false true 202')
  })

  test.each([0, 99, 101, 600, 200.5, Number.NaN])('refuses the status %s', async (status) => {
    const { response, reported } = await answerOf((_req, res) => res.status(status).end())
    expect(response.status).toBe(500)
    expect(reported[0]).toBeInstanceOf(RangeError)
  })
})

describe('headers', () => {
  test('take a list in the place of what is there, and add each of one', async () => {
    const { response } = await answerOf((_req, res) =>
      res.set('x-a', '1').set('x-a', ['2', '3']).append('set-cookie', ['a=1', 'b=2']).end(),
    )
    expect(response.headers.get('x-a')).toBe('2, 3')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('are well formed in a redirect to an address that is not', async () => {
    const { response } = await answerOf((_req, res) => res.redirect('/\ud800'))
    expect(response.headers.get('location')).toBe('/%EF%BF%BD')
  })

  test('are set one by one, several at once, as lists, and added to', async () => {
    const { response } = await answerOf((_req, res) =>
      res
        .set('x-one', 1)
        .set({ 'x-two': 'b', vary: ['accept', 'origin'] })
        .append('x-one', '2')
        .set('x-read', res.get('x-one') ?? 'none')
        .end(),
    )
    const { headers } = response
    expect([headers.get('x-one'), headers.get('x-two'), headers.get('vary'), headers.get('x-read')]).toEqual([
      '1, 2',
      'b',
      'accept, origin',
      '1, 2',
    ])
  })
})

describe('a header value that no line can hold', () => {
  test.each<[string, (res: AppResponse) => unknown]>([
    ['set', (res) => res.set('x-a', 'a\u0001b').end()],
    ['set of several', (res) => res.set({ 'x-a': ['a', 'b\u007f'] }).end()],
    ['append', (res) => res.append('set-cookie', 'a=\u0001').end()],
    ['set, where it begins with a vertical tab', (res) => res.set('x-a', '\u000ba').end()],
    ['set, where it ends with a form feed', (res) => res.set('x-a', 'a\u000c ').end()],
    ['set of what is no byte', (res) => res.set('x-a', '€').end()],
    ['an HttpError', () => Promise.reject(new HttpError(400, 'No.', { headers: { 'x-a': 'a\u0001' } }))],
  ])('is a 500 in JSON that is reported, without the value, from %s', async (_what, answer) => {
    const reported: unknown[] = []
    const app = testApp({ onError: (error) => reported.push(error) })
    app.all('/', (_req, res) => {
      const answered = answer(res)
      return answered instanceof Promise ? answered : undefined
    })
    const url = await serve(app)
    for (const method of ['GET', 'POST']) {
      const response = await fetch(url, { method })
      expect([response.status, await response.json()]).toEqual([500, { error: 'Internal Server Error' }])
    }
    expect(reported).toHaveLength(2)
    for (const error of reported) {
      expect(error).toBeInstanceOf(TypeError)
      expect(String(error)).toMatch(/^TypeError: The header (x-a|set-cookie) /)
    }
  })

  test('is not one that ends in a line break, which is left out, or holds Latin-1', async () => {
    const { response } = await answerOf((_req, res) => res.set({ 'x-a': 'ü\n', 'x-b': '\ta\tb' }).end())
    expect([response.headers.get('x-a'), response.headers.get('x-b')]).toEqual(['ü', 'a\tb'])
  })
})

describe('res.cookie', () => {
  test('writes a line as Express does, maxAge in milliseconds', async () => {
    const { response } = await answerOf((_req, res) =>
      res
        .cookie('remember_token', 'a b;ü', {
          maxAge: 30 * 86_400_000,
          httpOnly: true,
          secure: true,
          sameSite: true,
        })
        .cookie('theme', 'dark', {
          sameSite: 'lax',
          path: '/app',
          expires: new Date(0),
          domain: 'example.com',
        })
        .end(),
    )
    expect(response.headers.getSetCookie()).toEqual([
      'remember_token=a%20b%3B%C3%BC; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict',
      'theme=dark; Path=/app; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax',
    ])
  })

  test('is taken away by clearCookie', async () => {
    const { response } = await answerOf((_req, res) => res.clearCookie('theme', { path: '/app' }).end())
    expect(response.headers.getSetCookie()).toEqual([
      'theme=; Path=/app; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    ])
  })

  test.each<[string, Handler, string]>([
    ['a name no cookie can have', (_req, res) => res.cookie('a b', '1').end(), 'cookie name must be'],
    ['the session’s name', (_req, res) => res.cookie('sid', '1').end(), "'sid' is the session's cookie"],
    [
      'the session’s name, cleared',
      (_req, res) => res.clearCookie('sid').end(),
      "'sid' is the session's cookie",
    ],
    [
      'what browsers drop',
      (_req, res) => res.cookie('a', '1', { sameSite: 'none' }).end(),
      'needs secure: true',
    ],
  ])('refuses %s', async (_what, handler, message) => {
    const { response, reported } = await answerOf(handler)
    expect(response.status).toBe(500)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(String(reported[0])).toContain(message)
  })

  test.each([[{ a: 1 }], [undefined], [null]])('refuses %j in the place of a text', async (value) => {
    const { response, reported } = await answerOf((_req, res) =>
      Reflect.apply(res.cookie, res, ['a', value]).end(),
    )
    expect(response.headers.getSetCookie()).toEqual([])
    expect(String(reported[0])).toContain("TypeError: The cookie 'a' needs a text")
  })

  test('takes numbers, and options that are null or false for those left out', async () => {
    const options = { maxAge: null, expires: null, domain: undefined, sameSite: false }
    const { response } = await answerOf((_req, res) =>
      Reflect.apply(res.cookie, res, ['a', 7, options]).end(),
    )
    expect(response.headers.getSetCookie()).toEqual(['a=7; Path=/'])
  })

  test.each<[string, Handler]>([
    [
      'cookie',
      (_req, res) => Reflect.apply(res.cookie, res, ['a', '1', Promise.resolve({ httpOnly: true })]),
    ],
    [
      'clearCookie',
      (_req, res) => Reflect.apply(res.clearCookie, res, ['a', Promise.resolve({ path: '/x' })]),
    ],
  ])('refuses options that are a promise, in %s', async (_method, handler) => {
    const { response, reported } = await answerOf(handler)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(String(reported[0])).toContain(
      `The options of a cookie are an object, such as { httpOnly: true } (got a promise, which is to be awaited first)`,
    )
  })

  test('refuses an option it does not know', async () => {
    const options = { path: '/', signed: true }
    const { reported } = await answerOf((_req, res) => res.cookie('a', '1', options).end())
    expect(String(reported[0])).toContain('signed is not an option of res.cookie()')
  })
})

const HOSTILE = `tea\n2030-01-01 INFO admin logged in\u001b[2J${'y'.repeat(3_000)}`

test.each<[string, Handler]>([
  ['a status', (_req, res) => Reflect.apply(res.status, res, [HOSTILE]).end()],
  ["a cookie's name", (_req, res) => Reflect.apply(res.cookie, res, [HOSTILE, {}]).end()],
  ["a header's name", (_req, res) => res.set(HOSTILE, '\u0000').end()],
])('what a visitor chose writes no line of its own into the log as %s [A28]', async (_what, handler) => {
  const { reported } = await answerOf(handler)
  const [error] = reported
  const message = error instanceof Error ? error.message : ''
  expect(message).toContain('tea%0A')
  expect(message).not.toMatch(/\p{Cc}/u)
  expect(message.length).toBeLessThan(300)
})
