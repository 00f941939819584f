import { createServer, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type SessionRequest, session } from '../../../src/adapters/node.ts'
import type { DefaultData } from '../../../src/core/session-data.ts'
import type { Gate } from '../../../src/testing/barrier-store.ts'
import { settle } from '../../engine/later-store.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'
import { RawClient } from '../harness/raw-client.ts'

type Listener = (request: SessionRequest<DefaultData>, response: ServerResponse) => void | Promise<void>

/** Asks a handler that writes the session, with the save held. */
async function askHeld(listener: Listener): Promise<{ client: RawClient; gate: Gate }> {
  const { sessions, store } = startPaced('later')
  const gate = store.hold('create')
  const port = await servingPort(
    createServer(
      session(sessions, (request, response) => {
        request.session.visits = 1
        return listener(request, response)
      }),
    ),
  )
  const client = new RawClient(port)
  client.get('/', 'Connection: close')
  await gate.reached
  return { client, gate }
}

function look({ headersSent, writableEnded, finished }: ServerResponse): object {
  return { headersSent, writableEnded, finished }
}

test('while a response is held, its head looks sent and its end looks made', async () => {
  const seen: unknown[] = []
  const { client, gate } = await askHeld((_request, response) => {
    response.write('one')
    seen.push(look(response))
    response.end('two')
    seen.push(look(response))
    for (const change of [
      () => response.setHeader('x-late', '1'),
      () => response.appendHeader('x-late', '1'),
      () => response.removeHeader('date'),
      () => response.writeHead(500),
    ]) {
      expect(change).toThrow(expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }))
    }
    response.statusCode = 500
    response.statusMessage = 'Too Late'
  })
  expect(seen).toEqual([
    { headersSent: true, writableEnded: false, finished: false },
    { headersSent: true, writableEnded: true, finished: true },
  ])
  gate.release()
  const received = await client.untilClosed()
  expect(received).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(received).toMatch(/one[\s\S]*two/)
  expect(received).not.toContain('x-late')
})

// Bun queues what it is given behind an earlier answer of the connection, and refuses it once the response is finished.
test('on Bun a response that has begun does not look finished while its end is held', async () => {
  const versions = Object.getOwnPropertyDescriptor(process, 'versions') ?? expect.unreachable()
  Object.defineProperty(process, 'versions', { ...versions, value: { ...process.versions, bun: '1' } })
  onTestFinished(() => void Object.defineProperty(process, 'versions', versions))
  const seen: unknown[] = []
  const { sessions, store } = startPaced('later')
  const gate = store.hold('replace')
  const listener: Listener = async (request, response) => {
    request.session.visits = 1
    if (request.url === '/whole') response.end('whole')
    else {
      response.write('one,')
      await request.session.save()
      await settle()
      request.session.visits = 2
      response.end('two')
    }
    seen.push(look(response))
  }
  const client = new RawClient(await servingPort(createServer(session(sessions, listener))))
  client.get('/whole')
  await client.until('whole')
  client.get('/begun', 'Connection: close')
  await gate.reached
  gate.release()
  expect(await client.untilClosed()).toMatch(/one,[\s\S]*two/)
  expect(seen).toEqual([
    { headersSent: true, writableEnded: true, finished: true },
    { headersSent: true, writableEnded: true, finished: false },
  ])
})

test.each([true, false])(
  'what is written after a held end is refused, and who listens (%s) hears of it',
  async (listens) => {
    const refused: unknown[] = []
    const note = (error?: unknown): void => void refused.push(error)
    const { client, gate } = await askHeld((_request, response) => {
      if (listens) response.on('error', note)
      response.end('whole')
      expect(response.write('more', note)).toBe(false)
      expect(response.end('more', note)).toBe(response)
      response.end()
    })
    await settle()
    gate.release()
    expect(await client.untilClosed()).toMatch(/\r\n\r\nwhole$/)
    const afterEnd = expect.objectContaining({ code: 'ERR_STREAM_WRITE_AFTER_END' })
    expect(refused).toEqual(Array(listens ? 4 : 2).fill(afterEnd))
  },
)

// Node gives a response that looks finished no `drain`.
test.each([1, 2])('a slow client gets all of a body whose end is held, of %i responses', async (count) => {
  const length = 12_000_000
  const { sessions, store } = startPaced('later')
  const gate = store.hold('replace')
  const seen: unknown[] = []
  const port = await servingPort(
    createServer(
      session(sessions, async (request, response) => {
        request.session.visits = 1
        expect(response.write('x'.repeat(length))).toBe(false)
        await request.session.save()
        await settle()
        request.session.visits = 2
        response.end('the end')
        seen.push(look(response))
      }),
    ),
  )
  const client = new RawClient(port)
  client.socket.pause()
  for (let at = 1; at <= count; at++) client.get('/', ...(at === count ? ['Connection: close'] : []))
  await gate.reached
  await settle()
  client.socket.resume()
  await client.until(/x{1000}/)
  await settle()
  gate.release()
  const received = await client.untilClosed()
  expect(received.length).toBeGreaterThan(count * length)
  expect(received.match(/the end/g)).toHaveLength(count)
  expect(seen).toEqual(Array(count).fill({ headersSent: true, writableEnded: true, finished: true }))
})

test('a held writeHead shows its status and its reason, as a sent one does', async () => {
  const seen: unknown[] = []
  const { client, gate } = await askHeld((_request, response) => {
    response.writeHead(404, 'Gone Fishing', { 'x-own': '1' })
    seen.push(response.statusCode, response.statusMessage)
    response.end('no')
  })
  gate.release()
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 404 Gone Fishing\r\n[\s\S]*x-own: 1\r\n/)
  expect(seen).toEqual([404, 'Gone Fishing'])
})

test('the reason is that of the status which is sent, when another was shown meanwhile', async () => {
  const { client, gate } = await askHeld((_request, response) => {
    response.end('done')
    response.statusCode = 404
    response.statusMessage = 'Not Found'
  })
  gate.release()
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})

test('a status that Node refuses is not shown, and becomes an error response', async () => {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => shown.mockRestore())
  const seen: unknown[] = []
  const { client, gate } = await askHeld((_request, response) => {
    response.writeHead(1000)
    seen.push(response.statusCode)
    response.end('never')
  })
  gate.release()
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/)
  expect(seen).toEqual([200])
})

test('a status message given before the response was held is sent, one given later is not', async () => {
  const { client, gate } = await askHeld((_request, response) => {
    response.statusMessage = 'In Time'
    response.end('done')
    response.statusMessage = 'Too Late'
  })
  gate.release()
  expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 In Time\r\n/)
})

test.each(PACES)(
  'of a response ended twice the first end counts, with a store that answers %s',
  async (pace) => {
    const { sessions } = startPaced(pace)
    const errors: unknown[] = []
    const port = await servingPort(
      createServer(
        session(sessions, (request, response) => {
          // As on a bare response: a second end says nothing, unless it brings more to send.
          response.on('error', (error) => void errors.push(error))
          request.session.visits = 1
          response.end('first')
          response.end()
          response.end('second')
        }),
      ),
    )
    const client = new RawClient(port)
    client.get('/', 'Connection: close')
    const received = await client.untilClosed()
    expect(received).toContain('\r\n\r\nfirst')
    expect(received).not.toContain('second')
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_STREAM_WRITE_AFTER_END' })])
  },
)

test('callbacks of held calls are called, in order', async () => {
  const order: string[] = []
  const { client, gate } = await askHeld((_request, response) => {
    response.write('one', () => void order.push('write'))
    response.end('two', () => void order.push('end'))
  })
  expect(order).toEqual([])
  gate.release()
  await client.untilClosed()
  expect(order).toEqual(['write', 'end'])
})

test('callbacks of held calls are told that the session could not be saved', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => void vi.restoreAllMocks())
  const { sessions, store } = startPaced('later')
  const told: unknown[] = []
  const port = await servingPort(
    createServer(
      session(sessions, (request, response) => {
        request.session.visits = 1
        response.write('one', (error) => void told.push(error))
        response.write('two', 'utf8', (error) => void told.push(error))
        response.end(() => void told.push('the end'))
      }),
    ),
  )
  store.fail('create')
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(503)
  const error = expect.objectContaining({ message: expect.stringContaining('was not sent') })
  expect(told).toEqual([error, error, 'the end'])
})

test('when one of two sessions cannot be saved, the error waits for the other and carries its cookie [P2] [P11]', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => void vi.restoreAllMocks())
  const outer = startPaced('later')
  const inner = startPaced('later', { cookie: { name: 'inner' } })
  const handler = session(inner.sessions, (request, response) => {
    request.session.visits = 1
    response.end('never')
  })
  const port = await servingPort(
    createServer(
      session(outer.sessions, (request, response) => {
        request.session.visits = 1
        handler(request, response)
      }),
    ),
  )
  outer.store.fail('create')
  const gate = inner.store.hold('create')
  let here = false
  const asked = fetch(`http://127.0.0.1:${port}/`).then((response) => {
    here = true
    return response
  })
  await gate.reached
  await settle()
  expect(here).toBe(false)
  gate.release()
  const response = await asked
  expect([response.status, response.headers.getSetCookie()]).toEqual([
    503,
    [expect.stringMatching(/^inner=/)],
  ])
})

test('flushHeaders sends the head as soon as the session is saved, before any body [A32]', async () => {
  const more = Promise.withResolvers<void>()
  const { client, gate } = await askHeld(async (_request, response) => {
    response.flushHeaders()
    await more.promise
    response.end('body')
  })
  await settle()
  expect(client.received).toBe('')
  gate.release()
  expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*set-cookie: sid=/)
  more.resolve()
  expect(await client.untilClosed()).toContain('body')
})

test('what Node itself would refuse becomes an error response when it is sent late', async () => {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => shown.mockRestore())
  const { client, gate } = await askHeld((_request, response) => {
    response.writeHead(200, { 'bad header': 'x' })
    response.end('never')
  })
  gate.release()
  const received = await client.untilClosed()
  expect(received).toMatch(/^HTTP\/1\.1 500 /)
  expect(received).not.toContain('never')
  expect(shown).toHaveBeenCalledWith(expect.objectContaining({ code: 'ERR_INVALID_HTTP_TOKEN' }))
})

test('what Node refuses after the head has gone cuts the response off, and the warning says which it was', async () => {
  const warned: string[] = []
  const listen = (warning: Error): void => void warned.push(warning.message)
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  const { client, gate } = await askHeld((_request, response) => {
    response.write('one')
    Reflect.apply(response.write, response, [42])
  })
  gate.release()
  await client.untilClosed()
  await vi.waitFor(() =>
    expect(warned).toContainEqual(
      expect.stringMatching(/^A response was cut off, since it could not be sent as the handler .*"chunk"/),
    ),
  )
  expect(warned.join()).not.toContain('could not be saved')
})

test('a client that goes away while the save is under way changes nothing about the save [A32]', async () => {
  const { sessions, store, memory } = startPaced('later')
  const closed = Promise.withResolvers<void>()
  const gate = store.hold('create')
  const port = await servingPort(
    createServer(
      session(sessions, (request, response) => {
        request.session.visits = 1
        response.on('close', () => closed.resolve())
        response.write('x'.repeat(100_000))
        response.end('y')
      }),
    ),
  )
  const client = new RawClient(port)
  client.get('/')
  await gate.reached
  client.socket.destroy()
  await closed.promise
  gate.release()
  await vi.waitFor(() => expect(memory.count()).toBe(1))
  const other = new RawClient(port)
  other.get('/', 'Connection: close')
  expect(await other.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK/)
})

test('flushHeaders may come when the head left before the session was there', async () => {
  const { sessions } = startPaced('later')
  const handler = session(sessions, (request, response) => {
    request.session.visits = 1
    response.flushHeaders()
    response.end('late')
  })
  const port = await servingPort(
    createServer((request, response) => {
      response.write('early, ')
      handler(request, response)
    }),
  )
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('early, late')
})
