import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Handler } from '../../src/app/index.ts'
import { serve, testApp } from './serving.ts'

const PAGE = 'Grüße'
const FAULT_TEXT = '{"error":"Internal Server Error"}'
const LENGTH = Buffer.byteLength(PAGE)
/** A body without bytes, as chunks. */
const NOTHING = '0\r\n\r\n'

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)))
}

/** A response whose stream has ended while nearly all of its bytes wait for the client. */
function tooShort(bytes: number): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const half of [1, 2]) controller.enqueue(new Uint8Array(bytes / 2).fill(half))
      controller.close()
    },
  })
  return new Response(body, { headers: { 'content-length': String(bytes + 1) } })
}

/** What is around a handler that answers. */
interface Around {
  method?: string
  middleware?: Handler[]
  onError?: (error: unknown, request: Request) => void
}

/** Asks for a page and then for another on one connection, and gives all that comes before it ends. */
async function exchange(
  answer: Handler,
  { method = 'GET', middleware = [], onError = (): void => {} }: Around = {},
): Promise<string> {
  const app = testApp({ onError })
  app.all('/', ...middleware, answer)
  app.get('/next', (_req, res) => res.set('connection', 'close').text('the next answer'))
  const { port, hostname } = new URL(await serve(app))
  const socket = connect(Number(port), hostname)
  socket.write(`${method} / HTTP/1.1\r\nHost: a.example\r\n\r\nGET /next HTTP/1.1\r\nHost: a.example\r\n\r\n`)
  return text(socket)
}

/** The first answer, and whether the next one follows it. */
async function framed(answer: Handler, around?: Around): Promise<[length: string | undefined, body: string]> {
  const [first = '', next] = (await exchange(answer, around)).split(/(?=HTTP\/1\.1 )/)
  expect(next).toContain('the next answer')
  const end = first.indexOf('\r\n\r\n')
  const head = first.slice(0, end).toLowerCase()
  return [/content-length: (.*)/.exec(head)?.[1], first.slice(end + 4)]
}

describe('a length that a handler has set', () => {
  test.each([String(PAGE.length), '1000', '0'])(
    'to %s is corrected to that of what is sent',
    async (length) => {
      expect(await framed((_req, res) => res.set('Content-Length', length).text(PAGE))).toEqual([
        String(LENGTH),
        PAGE,
      ])
      const bytes = Buffer.from(PAGE)
      for (const body of [bytes, new Uint8Array(bytes).buffer, new Blob([bytes])])
        expect((await framed((_req, res) => res.set('content-length', length).send(body)))[1]).toBe(PAGE)
    },
  )

  test.each<[string, Handler]>([
    ['text', (_req, res) => res.text(PAGE)],
    ['a Blob', (_req, res) => res.send(new Blob([PAGE]))],
    ['a Response', () => new Response(PAGE)],
  ])('is left out when %s is the answer already, and so is a way of sending', async (_what, answer) => {
    for (const late of [{ 'Content-Length': 3 }, { 'transfer-encoding': 'gzip' }]) {
      const copied: Handler = async (_req, res, next) => {
        await next()
        res.set(late).append('content-length', '4')
      }
      expect((await framed(answer, { middleware: [copied] }))[1]).toContain(PAGE)
    }
  })

  test('is left out where nothing is sent, and a way of sending is everywhere', async () => {
    for (const method of ['GET', 'HEAD']) {
      const none: Handler = (_req, res) => res.set('content-length', '9').status(204).end()
      expect(await framed(none, { method })).toEqual([undefined, ''])
    }
    expect(await framed((_req, res) => res.set('content-length', '9').end())).toEqual([undefined, NOTHING])
    expect(await framed((_req, res) => res.set('transfer-encoding', 'chunked').text(PAGE))).toEqual([
      String(LENGTH),
      PAGE,
    ])
  })

  test('is not that of a Response that is returned', async () => {
    const returned: Handler = (_req, res) => {
      res.set('content-length', '9').set('x-a', '1')
      return new Response(null)
    }
    expect(await framed(returned)).toEqual([undefined, NOTHING])
  })

  test('is kept where an answer without a body says which it would have', async () => {
    const [head] = await framed((_req, res) => res.set('content-length', '1000').end(), { method: 'HEAD' })
    const [unchanged] = await framed((_req, res) => res.set('content-length', '1000').status(304).end())
    expect([head, unchanged]).toEqual(['1000', '1000'])
  })

  test('is the one of a Blob where a handler has set none, but of what has no end or may not be there', async () => {
    const blob = new Blob([PAGE])
    expect(await framed((_req, res) => res.send(blob))).toEqual([String(LENGTH), PAGE])
    expect(await framed((_req, res) => res.send(blob), { method: 'HEAD' })).toEqual([String(LENGTH), ''])
    expect(await framed((_req, res) => res.status(204).send(blob))).toEqual([undefined, ''])
    for (const size of [Number.POSITIVE_INFINITY, 0]) {
      const unsure = Object.defineProperty(new Blob([PAGE]), 'size', { value: size })
      expect((await framed((_req, res) => res.send(unsure)))[0]).toBeUndefined()
    }
    const second: Handler = (_req, res) => res.send(blob).send(blob)
    expect((await framed(second))[0]).toBe(String(Buffer.byteLength(FAULT_TEXT)))
    const compressed: Handler = async (_req, res, next) => {
      await next()
      expect(res.get('content-length')).toBe(String(LENGTH))
    }
    await framed((_req, res) => res.send(blob), { middleware: [compressed] })
  })

  test('is that of the stream itself where the runtime goes by it', async () => {
    const lengths: number[] = []
    class FixedLengthStream extends TransformStream {
      constructor(length: number) {
        super()
        lengths.push(length)
      }
    }
    vi.stubGlobal('FixedLengthStream', FixedLengthStream)
    onTestFinished(() => void vi.unstubAllGlobals())
    const known: Handler = (_req, res) => res.set('content-length', 6).send(streamOf('ab', 'cd', 'ef'))
    expect(await framed(known)).toEqual(['6', 'abcdef'])
    expect(await framed((_req, res) => res.send(new Blob([PAGE])))).toEqual([String(LENGTH), PAGE])
    expect((await framed((_req, res) => res.send(streamOf('ab'))))[1]).toContain('ab')
    expect(lengths).toEqual([6, LENGTH])
  })

  test('is kept of a stream', async () => {
    const answer = await framed((_req, res) =>
      res.set('content-length', '6').send(streamOf('ab', 'cd', 'ef')),
    )
    expect(answer).toEqual(['6', 'abcdef'])
  })

  test.each<[string, Handler]>([
    ['longer stream', (_req, res) => res.set('content-length', '3').send(streamOf('ab', 'cd', 'ef'))],
    ['shorter stream', (_req, res) => res.set('content-length', '9').send(streamOf('ab', 'cd', 'ef'))],
    ['shorter stream that is over long before its bytes are', () => tooShort(600_000)],
    ['longer Response', () => new Response(PAGE, { headers: { 'content-length': '3' } })],
    ['shorter Response', () => new Response(PAGE, { headers: { 'content-length': '9' } })],
  ])(
    'of a %s ends the connection, which nobody could read on, and is reported once',
    async (_what, answer) => {
      const print = vi.spyOn(console, 'error').mockImplementation(() => {})
      onTestFinished(() => print.mockRestore())
      const told: [unknown, string][] = []
      const onError: Around['onError'] = (error, { url }) => told.push([error, url])
      expect(await exchange(answer, { onError }).catch(() => 'broken off')).not.toContain('the next answer')
      await vi.waitFor(() => expect(told).toHaveLength(1))
      expect(told).toEqual([
        [
          expect.objectContaining({ message: expect.stringMatching(/^GET \/: .* Content-Length/) }),
          'http://a.example/',
        ],
      ])
    },
  )

  test('is printed where no web request can be given with it', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    await exchange((_req, res) => res.set('content-length', '3').send(streamOf('ab', 'cd', 'ef')), {
      method: 'TRACE',
      onError: () => expect.unreachable(),
    }).catch(() => {})
    await vi.waitFor(() =>
      expect(print.mock.calls).toEqual([
        [expect.objectContaining({ message: expect.stringContaining('TRACE /: ') })],
      ]),
    )
  })
})
