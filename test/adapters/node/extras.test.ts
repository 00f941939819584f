import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, test } from 'vitest'
import { session } from '../../../src/adapters/node.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'
import { RawClient } from '../harness/raw-client.ts'

describe.each(PACES)('with a store that answers %s', (pace) => {
  /** Serves one handler on a server that writes the session first. */
  function serve(handler: (response: ServerResponse) => void | Promise<void>): Promise<number> {
    const { sessions } = startPaced(pace)
    return servingPort(
      createServer(
        session(sessions, (request, response) => {
          request.session.visits = 1
          return handler(response)
        }),
      ),
    )
  }

  test('trailers follow the body', async () => {
    const port = await serve((response) => {
      response.setHeader('Trailer', 'X-Sum')
      response.write('body')
      response.addTrailers({ 'X-Sum': '42' })
      response.end()
    })
    const client = new RawClient(port)
    client.get('/', 'Connection: close')
    expect(await client.untilClosed()).toMatch(/set-cookie: sid=[\s\S]*body[\s\S]*X-Sum: 42/)
  })

  test('1xx responses go out at once, without the cookie', async () => {
    const more = Promise.withResolvers<void>()
    const port = await serve(async (response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.writeProcessing()
      await more.promise
      response.end('body')
    })
    const client = new RawClient(port)
    client.get('/', 'Connection: close')
    const early = await client.until('HTTP/1.1 102 Processing')
    expect(early).toMatch(/^HTTP\/1\.1 103 Early Hints/)
    expect(early).not.toContain('set-cookie')
    more.resolve()
    expect(await client.untilClosed()).toMatch(/HTTP\/1\.1 200 OK[\s\S]*set-cookie: sid=/)
  })

  test('writeContinue asks for the body before anything is saved', async () => {
    const { sessions } = startPaced(pace)
    const handler = session(sessions, async (request, response) => {
      request.session.visits = 1
      response.writeContinue()
      let body = ''
      for await (const chunk of request) body += chunk
      response.end(`got ${body}`)
    })
    const port = await servingPort(createServer().on('checkContinue', handler))
    const client = new RawClient(port)
    const head = ['POST / HTTP/1.1', 'Host: localhost', 'Expect: 100-continue', 'Content-Length: 4']
    client.socket.write([...head, 'Connection: close', '', ''].join('\r\n'))
    await client.until('HTTP/1.1 100 Continue\r\n\r\n')
    client.socket.write('data')
    expect(await client.untilClosed()).toMatch(/HTTP\/1\.1 200 OK[\s\S]*set-cookie: sid=[\s\S]*got data/)
  })

  test('a Content-Length that Node works out by itself stays', async () => {
    const port = await serve((response) => void response.end('four'))
    const client = new RawClient(port)
    client.get('/', 'Connection: close')
    expect(await client.untilClosed()).toMatch(/Content-Length: 4\r\n/)
  })

  test('back-pressure reaches the source: a slow client holds it up', async () => {
    let made = 0
    const source = Readable.from(
      (function* () {
        for (; made < 2_000; made++) yield Buffer.alloc(16_384, 'x')
      })(),
      { objectMode: false },
    )
    const port = await serve((response) => pipeline(source, response).catch(() => {}))
    const client = new RawClient(port)
    client.socket.pause()
    client.get('/', 'Connection: close')
    // It stands still when two looks a whole other exchange apart find it where it was.
    let before = -1
    while (made !== before) {
      before = made
      const other = new RawClient(await serve((response) => void response.end()))
      other.get('/', 'Connection: close')
      await other.untilClosed()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(made).toBeGreaterThan(0)
    expect(made).toBeLessThan(2_000)
    client.socket.resume()
    await once(client.socket, 'close')
    expect(made).toBe(2_000)
    expect(client.received.length).toBeGreaterThan(2_000 * 16_384)
  })

  test('a writer that waits for drain is woken, however small its chunks', async () => {
    const port = await serve(async (response) => {
      for (let count = 0; count < 200; count++) {
        if (!response.write('x'.repeat(1_000))) await once(response, 'drain')
      }
      response.end('done')
    })
    const client = new RawClient(port)
    client.get('/', 'Connection: close')
    expect(await client.untilClosed()).toContain('done')
  })

  test('a stream piped into the response to a HEAD comes to its end', async () => {
    const source = Readable.from(
      Array.from({ length: 20 }, () => Buffer.alloc(16_384)),
      { objectMode: false },
    )
    const port = await serve((response) => void source.pipe(response))
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' })
    expect(response.headers.getSetCookie()).toHaveLength(1)
    if (!source.readableEnded) await once(source, 'end')
  })

  test('an upgraded connection is none of our business', async () => {
    const { sessions } = startPaced(pace)
    const server = createServer(session(sessions, (_request, response) => void response.end()))
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      socket.pipe(socket)
    })
    const client = new RawClient(await servingPort(server))
    client.get('/', 'Connection: Upgrade', 'Upgrade: echo')
    await client.until('101 Switching Protocols')
    client.socket.end('hello')
    expect(await client.untilClosed()).toContain('hello')
  })
})
