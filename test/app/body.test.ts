import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { serve, testApp } from './serving.ts'

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** An app that answers with the body it has read. */
function echo(bodyLimit = 1_048_576): ReturnType<typeof testApp> {
  const app = testApp({ bodyLimit })
  app.post('/', async (req, res) => {
    const body = await req.body
    res.json({ type: typeof body, body })
  })
  return app
}

function post(
  body: NonNullable<RequestInit['body']>,
  type?: string,
  headers: Record<string, string> = {},
): RequestInit {
  return {
    method: 'POST',
    body,
    headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
  }
}

async function bodyOf(init: RequestInit): Promise<unknown> {
  const response = await echo().request('/', init)
  const answer = await response.json()
  return Reflect.get(Object(answer), 'body')
}

async function refusal(init: RequestInit, app = echo()): Promise<[number, unknown]> {
  const response = await app.request('/', init)
  const answer = await response.json()
  return [response.status, Reflect.get(Object(answer), 'error')]
}

/** Sends a body in chunks, without saying how long it is. */
function chunked(size: number): RequestInit {
  let left = size
  const body = new ReadableStream({
    pull(controller) {
      const chunk = Math.min(left, 16_384)
      if (chunk > 0) controller.enqueue(new Uint8Array(chunk).fill(0x61))
      left -= chunk
      if (left === 0) controller.close()
    },
  })
  return { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'text/plain' } }
}

/** Begins to send a body, and tells the status it is answered with before its end. */
async function statusOfUnended(url: string, headers: Record<string, string>, begin: string): Promise<number> {
  const sending = request(url, { method: 'POST', headers: { 'content-type': 'text/plain', ...headers } })
  onTestFinished(() => void sending.destroy())
  sending.on('error', () => {}) // the server hangs up on what it does not want
  sending.flushHeaders()
  sending.write(begin)
  const [response] = await once(sending, 'response')
  return response.statusCode
}

describe('req.body', () => {
  test('is parsed JSON', async () => {
    expect(await bodyOf(post('{"a":[1,{"b":null}]}', JSON_TYPE))).toEqual({ a: [1, { b: null }] })
    expect(await bodyOf(post('[1]', 'application/problem+json; charset=UTF-8'))).toEqual([1])
  })

  test('is a form’s fields, several of one name as a list', async () => {
    const form = 'email=ada%40example.com&tag=a+b&tag=c&empty='
    expect(await bodyOf(post(form, FORM_TYPE))).toEqual({
      email: 'ada@example.com',
      tag: ['a b', 'c'],
      empty: '',
    })
  })

  test('has a form’s names that come without a value', async () => {
    expect(await bodyOf(post('a&b=&c=1&%64&&a&=x&e+f', FORM_TYPE))).toEqual({
      a: ['', ''],
      b: '',
      c: '1',
      d: '',
      '': 'x',
      'e f': '',
    })
  })

  test('takes no longer for a form of names alone than for one of names and values', async () => {
    const times: number[] = []
    for (const pair of ['a=&', 'a&']) {
      const init = post(pair.repeat(340_000), FORM_TYPE)
      const began = performance.now()
      expect(await bodyOf(init)).toHaveProperty('a.length', 340_000)
      times.push(performance.now() - began)
    }
    const [withValues = 0, namesAlone = 0] = times
    expect(namesAlone).toBeLessThan(5 * withValues)
  })

  test('is read whatever the case of its media type and its encoding', async () => {
    const init = post('{"a":1}', 'Application/JSON', { 'content-encoding': ' IDENTITY' })
    expect(await bodyOf(init)).toEqual({ a: 1 })
  })

  test('is text as it is', async () => {
    expect(await bodyOf(post('héllo', 'text/plain'))).toBe('héllo')
    expect(await bodyOf(post(new Uint8Array([0xe9]), 'text/plain; charset="latin1"'))).toBe('é')
  })

  test('is a multipart body’s fields and files', async () => {
    const app = testApp()
    app.post('/', async (req, res) => {
      const { title, photo, tags } = await req.body
      res.json({ title, tags, name: photo.name, type: photo.type, text: await photo.text() })
    })
    const form = new FormData()
    form.set('title', 'A hat')
    form.append('tags', 'x')
    form.append('tags', 'y')
    form.set('photo', new File(['pixels'], 'hat.png', { type: 'image/png' }))
    const url = await serve(app)
    const response = await fetch(url, { method: 'POST', body: form })
    expect(await response.json()).toEqual({
      title: 'A hat',
      tags: ['x', 'y'],
      name: 'hat.png',
      type: 'image/png',
      text: 'pixels',
    })
  })

  test('is an empty object when there is none', async () => {
    expect(await bodyOf({ method: 'POST' })).toEqual({})
    expect(await bodyOf(post('', JSON_TYPE))).toEqual({})
    const app = testApp()
    app.get('/', async (req, res) => res.json(await req.body))
    expect(await (await app.request('/')).json()).toEqual({})
  })

  test('can be read as often as one likes', async () => {
    const app = testApp()
    app.post('/', async (req, res) => res.json([await req.body, await req.body]))
    expect(await (await app.request('/', post('{"n":1}', JSON_TYPE))).json()).toEqual([{ n: 1 }, { n: 1 }])
  })

  test.each(['{"a":', '{a:1}', '"text"', 'null', '12', '{"a":1}}'])(
    'answers 400 to the JSON %s',
    async (text) => {
      const [status, error] = await refusal(post(text, JSON_TYPE))
      expect(status).toBe(400)
      expect(error).toMatch(/^The request body (is not valid JSON|must be a JSON object or a JSON list)\.$/)
    },
  )

  test('answers 400 to bytes that are not of the character set', async () => {
    const broken = new Uint8Array([0x7b, 0xff, 0x7d])
    expect(await refusal(post(broken, JSON_TYPE))).toEqual([400, 'The request body is not valid utf-8.'])
  })

  test('answers 400 to a broken multipart body', async () => {
    const [status, error] = await refusal(post('--x\r\nnonsense', 'multipart/form-data; boundary=x'))
    expect([status, error]).toEqual([400, 'The request body is not valid multipart/form-data.'])
  })

  test.each([
    ['an image', post('x', 'image/png'), /no Content-Type that can be read: send application\/json/],
    ['a body of no type', post(new Uint8Array([1])), /no Content-Type that can be read/],
    [
      'a character set nobody knows',
      post('{}', `${JSON_TYPE}; charset=klingon`),
      /character set .* send UTF-8/,
    ],
    ['a compressed body', post('{}', JSON_TYPE, { 'content-encoding': 'gzip' }), /compressed/],
  ])('answers 415 to %s', async (_what, init, message) => {
    const [status, error] = await refusal(init)
    expect(status).toBe(415)
    expect(error).toMatch(message)
  })

  test('of a handler that does not wait for it ends no process', async () => {
    const app = testApp()
    app.post('/', (req, res) => {
      void req.body
      return res.text('went on')
    })
    const response = await app.request('/', post('{', JSON_TYPE))
    expect(await response.text()).toBe('went on')
  })

  test('that req.raw has taken is a clear error', async () => {
    const errors: unknown[] = []
    const app = testApp({ onError: (error) => errors.push(error) })
    app.post('/', async (req, res) => {
      await req.raw.text()
      res.json(await req.body)
    })
    expect((await app.request('/', post('{}', JSON_TYPE))).status).toBe(500)
    expect(String(errors[0])).toContain('was read through req.raw before')
  })
})

describe('the body limit', () => {
  test('refuses a body that says it is larger, before it comes [C76]', async () => {
    const url = await serve(echo(10))
    expect(await statusOfUnended(url, { 'content-length': '11' }, '')).toBe(413)
    const response = await fetch(url, post('12345678901', 'text/plain'))
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({ error: 'The request body is larger than the 10 bytes allowed.' })
    expect((await fetch(url, post('1234567890', 'text/plain'))).status).toBe(200)
  })

  test('refuses a body that does not say how large it is, as soon as it is too large', async () => {
    const url = await serve(echo(100_000))
    expect((await fetch(url, chunked(100_000))).status).toBe(200)
    expect((await fetch(url, chunked(100_001))).status).toBe(413)
    expect(await statusOfUnended(url, {}, 'x'.repeat(100_001))).toBe(413)
  })

  test('refuses a body that is larger than it said', async () => {
    const lying = post('12345678901', 'text/plain', { 'content-length': '1' })
    expect((await refusal(lying, echo(10)))[0]).toBe(413)
  })

  test('is 1 MiB when nothing is said', async () => {
    const url = await serve(echo())
    expect((await fetch(url, chunked(1_048_576))).status).toBe(200)
    expect((await fetch(url, chunked(1_048_577))).status).toBe(413)
  })

  test('of zero lets no body in', async () => {
    const app = echo(0)
    expect((await refusal(post('x', 'text/plain'), app))[0]).toBe(413)
    expect((await app.request('/', { method: 'POST' })).status).toBe(200)
  })
})

describe('keys that reach for the prototype [C70]', () => {
  test.each([
    ['JSON', JSON_TYPE, '{"__proto__":{"admin":true},"a":{"__proto__":{"admin":true}},"keep":1}'],
    ['JSON with escapes', JSON_TYPE, '{"\\u005f_proto__":{"admin":true},"a":{},"keep":1}'],
    ['a constructor', JSON_TYPE, '{"constructor":{"prototype":{"admin":true}},"a":{},"keep":1}'],
    ['a form', FORM_TYPE, '__proto__=admin&__proto__=b&a=1&keep=1'],
  ])('are left out of %s', async (_what, type, text) => {
    const app = testApp()
    app.post('/', async (req, res) => {
      const body = await req.body
      const merged = Object.assign({}, body, { nested: Object.assign({}, body.a) })
      res.json({ keys: Object.keys(body), admin: merged.admin ?? null, nested: merged.nested.admin ?? null })
    })
    const response = await app.request('/', post(text, type))
    expect(await response.json()).toEqual({ keys: ['a', 'keep'], admin: null, nested: null })
  })

  test('a constructor that is only a word stays', async () => {
    expect(await bodyOf(post('{"constructor":"Brunel"}', JSON_TYPE))).toEqual({ constructor: 'Brunel' })
  })

  test('a form’s fields and the query inherit nothing', async () => {
    const app = testApp()
    app.post('/', async (req, res) => {
      const body = await req.body
      res.json([body.toString === undefined, req.query.constructor === undefined])
    })
    const response = await app.request('/?a=1', post('a=1', FORM_TYPE))
    expect(await response.json()).toEqual([true, true])
  })
})
