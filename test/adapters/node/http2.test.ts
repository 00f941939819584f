import { EventEmitter, once } from 'node:events'
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Committable, HeldResponse } from '../../../src/adapters/held-response.ts'
import { type SessionListener, session } from '../../../src/adapters/node.ts'
import type { DefaultData } from '../../../src/core/session-data.ts'
import { listenHttp2 } from '../harness/http2-server.ts'
import { PACES, startPaced, type TestStore } from '../harness/paced.ts'

async function start(
  pace: (typeof PACES)[number],
  handler: SessionListener<DefaultData, Http2ServerRequest, Http2ServerResponse>,
): Promise<{ client: ClientHttp2Session; store: TestStore }> {
  const { sessions, store } = startPaced(pace)
  return { client: await connectTo(createServer().on('request', session(sessions, handler))), store }
}

async function connectTo(server: Http2Server): Promise<ClientHttp2Session> {
  const listening = await listenHttp2(server)
  const client = connect(listening.origin)
  onTestFinished(async () => {
    client.destroy()
    await listening.close()
  })
  return client
}

// The first of this file: Node warns once in a process.
test('a held response causes no warning of the status message, which HTTP/2 does not have', async () => {
  const warned: string[] = []
  const listen = (warning: Error): void => void warned.push(warning.message)
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  const { client } = await start('later', (request, response) => {
    request.session.visits = 1
    response.end('body')
  })
  expect(await text(client.request({ ':path': '/' }))).toBe('body')
  expect(warned).toEqual([])
})

describe.each(PACES)('over HTTP/2, with a store that answers %s', (pace) => {
  test('early hints, body and trailers keep their order', async () => {
    const { client } = await start(pace, (request, response) => {
      request.session.visits = 1
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.write('body')
      response.addTrailers({ 'x-sum': '42' })
      response.end()
    })
    const stream = client.request({ ':path': '/' })
    const seen: unknown[] = []
    stream.on('headers', (headers) => void seen.push(headers[':status']))
    stream.on('response', (headers) => void seen.push(headers[':status'], headers['set-cookie']?.length))
    stream.on('trailers', (headers) => void seen.push(headers['x-sum']))
    expect(await text(stream)).toBe('body')
    expect(seen).toEqual([103, 200, 1, '42'])
  })

  test('a response that was ended says so', async () => {
    const seen: unknown[] = []
    const { client } = await start(pace, (request, response) => {
      request.session.visits = 1
      response.write('one')
      seen.push(response.headersSent, response.writableEnded, response.finished)
      response.end('two')
      seen.push(response.headersSent, response.writableEnded, response.finished)
    })
    expect(await text(client.request({ ':path': '/' }))).toBe('onetwo')
    expect(seen).toEqual([true, false, false, true, true, true])
  })

  test('writeHead shows its status', async () => {
    const { client } = await start(pace, (request, response) => {
      request.session.visits = 1
      response.writeHead(404, { 'x-own': '1' })
      response.end(`status ${response.statusCode}`)
    })
    const stream = client.request({ ':path': '/' })
    const [headers] = await once(stream, 'response')
    expect([headers[':status'], headers['x-own'], await text(stream)]).toEqual([404, '1', 'status 404'])
  })

  test('a late change that cannot be saved resets the stream', async () => {
    const first = Promise.withResolvers<void>()
    const { client, store } = await start(pace, async (request, response) => {
      request.session.visits = 1
      response.write('first,')
      await first.promise
      request.session.visits = 2
      response.end('last')
    })
    const stream = client.request({ ':path': '/' })
    await once(stream, 'data')
    store.fail('replace')
    first.resolve()
    const [error] = await once(stream, 'error')
    expect(error).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' })
  })

  test.each([
    ['an error', new Error('The handler failed.')],
    ['a text', 'The handler failed.'],
  ])('a handler that throws %s in the middle of its response resets the stream', async (_what, failure) => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => shown.mockRestore())
    const begun = Promise.withResolvers<void>()
    const { client } = await start(pace, async (request, response) => {
      request.session.visits = 1
      response.write('first,')
      await begun.promise
      throw failure
    })
    const stream = client.request({ ':path': '/' })
    await once(stream, 'data')
    begun.resolve()
    stream.resume()
    const [error] = await Promise.race([once(stream, 'error'), once(stream, 'end')])
    expect(error).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' })
    expect(shown.mock.calls).toEqual([[failure]])
  })

  test('a client that cancels while the save is under way harms nobody', async () => {
    const { client, store } = await start(pace, (request, response) => {
      request.session.visits = 1
      response.setHeader('x-own', '1')
      response.end('done')
    })
    const gate = store.hold('create')
    const impatient = client.request({ ':path': '/' })
    await gate.reached
    impatient.close()
    await once(impatient, 'close')
    gate.release()
    const stream = client.request({ ':path': '/' })
    expect(await text(stream)).toBe('done')
  })
})

test.each<[string, (response: Http2ServerResponse) => void]>([
  [
    'a status, which HTTP/2 checks',
    (response) => {
      expect(() => Object.assign(response, { statusCode: 99 })).toThrow(RangeError)
      response.statusCode = 507
    },
  ],
  ['a head', (response) => void response.writeHead(507)],
])('an error handler answers over HTTP/2 in the callback of another, by %s [P2]', async (_way, begin) => {
  const failing: Committable = {
    commit: () => Promise.reject(new Error('down')),
    commitUnheard: () => expect.unreachable(),
    giveUp: () => null,
  }
  const logger = new EventEmitter()
  const asked = Promise.withResolvers<void>()
  const server = createServer((_request, response) => {
    HeldResponse.hold(response, failing, () => {
      logger.once('written', () => {
        begin(response)
        response.end(`sorry, ${response.statusCode}`)
      })
      asked.resolve()
    })
    response.write('never')
  })
  const client = await connectTo(server)
  const stream = client.request({ ':path': '/' })
  await asked.promise
  logger.emit('written')
  const [headers] = await once(stream, 'response')
  expect([headers[':status'], await text(stream)]).toEqual([507, 'sorry, 507'])
})
