import { createServer, type ServerResponse } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import { text } from 'node:stream/consumers'
import { describe, expect, type MockInstance, onTestFinished, test, vi } from 'vitest'
import { session } from '../../../src/adapters/node.ts'
import { listenHttp2 } from '../harness/http2-server.ts'
import { PACES, servingPort, startPaced, type TestStore } from '../harness/paced.ts'
import { RawClient } from '../harness/raw-client.ts'

// More than a socket takes at once.
const LONG = 'x'.repeat(5_000_000)
const failure = new Error('The handler failed.')

type Handler = (response: ServerResponse) => void | Promise<void>
type EndingHandler = (response: { end(chunk: string): unknown }) => void | Promise<void>

const AFTER_THE_END: [string, EndingHandler][] = [
  [
    'throws',
    (response) => {
      response.end(LONG)
      throw failure
    },
  ],
  [
    'rejects',
    async (response) => {
      response.end(LONG)
      throw failure
    },
  ],
]

function watchConsole(): MockInstance<typeof console.error> {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => shown.mockRestore())
  return shown
}

describe.each(PACES)('a handler on node:http, with a store that answers %s,', (pace) => {
  async function serve(handler: Handler): Promise<{ port: number; store: TestStore }> {
    const { sessions, store } = startPaced(pace)
    const listener = session(sessions, (request, response) => {
      request.session.visits = 1
      return handler(response)
    })
    return { port: await servingPort(createServer(listener)), store }
  }

  test.each(AFTER_THE_END)(
    'that %s after it has ended the response leaves it whole',
    async (_how, handler) => {
      const shown = watchConsole()
      const { port } = await serve(handler)
      const response = await fetch(`http://127.0.0.1:${port}/`)
      expect([response.status, response.headers.getSetCookie().length]).toEqual([200, 1])
      expect((await response.text()).length).toBe(LONG.length)
      expect(shown.mock.calls).toEqual([[failure]])
    },
  )

  test.each(AFTER_THE_END)(
    'that %s after it has ended an HTTP/2 response does too',
    async (_how, handler) => {
      const shown = watchConsole()
      const { sessions } = startPaced(pace)
      const server = createHttp2Server().on(
        'request',
        session(sessions, (request, response) => {
          request.session.visits = 1
          return handler(response)
        }),
      )
      const listening = await listenHttp2(server)
      const client = connect(listening.origin)
      onTestFinished(async () => {
        client.destroy()
        await listening.close()
      })
      expect((await text(client.request({ ':path': '/' }))).length).toBe(LONG.length)
      expect(shown.mock.calls).toEqual([[failure]])
    },
  )

  test('that fails after the end, like the save of its session, is answered for the save [P2]', async () => {
    const shown = watchConsole()
    const { port, store } = await serve(async (response) => {
      response.end('done')
      throw failure
    })
    store.fail('create')
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect([response.status, await response.json()]).toEqual([503, { error: expect.any(String) }])
    expect(shown.mock.calls).toEqual([
      [failure],
      [expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' })],
    ])
  })

  test('that fails before it answers is a 500, and its error is shown once', async () => {
    const shown = watchConsole()
    const { port } = await serve(() => {
      throw failure
    })
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect([response.status, await response.json()]).toEqual([500, { error: 'Internal Server Error' }])
    expect(shown.mock.calls).toEqual([[failure]])
  })

  test('that fails in the middle of its response breaks it off', async () => {
    const shown = watchConsole()
    const begun = Promise.withResolvers<void>()
    const { port } = await serve(async (response) => {
      response.write('first,')
      await begun.promise
      throw failure
    })
    const client = new RawClient(port)
    client.get('/')
    await client.until('first,')
    begun.resolve()
    expect(await client.untilClosed()).not.toContain('\r\n0\r\n')
    expect(shown.mock.calls).toEqual([[failure]])
  })

  test.each<[string, (response: ServerResponse) => void]>([
    ['trailers', (response) => void response.setHeader('trailer', 'x-sum')],
    ['an encoding', (response) => void response.setHeader('content-encoding', 'gzip')],
    ['chunks', (response) => void response.setHeader('transfer-encoding', 'chunked')],
    ['a name', (response) => void response.setHeader('content-disposition', 'attachment; filename=a.csv')],
    ['a version', (response) => void response.setHeader('etag', '"1"')],
    ['a place', (response) => void response.setHeader('location', '/next')],
    ['a reason', (response) => void Object.assign(response, { statusMessage: 'All Is Well' })],
  ])('that has announced %s and fails is a 500 with nothing of it', async (_what, announce) => {
    watchConsole()
    const { port, store } = await serve((response) => {
      response.setHeader('x-own', '1')
      announce(response)
      throw failure
    })
    for (const [status, line] of [
      [500, 'Internal Server Error'],
      [503, 'Service Unavailable'],
    ]) {
      const client = new RawClient(port)
      client.get('/', 'Connection: close')
      const [head = '', body = ''] = (await client.untilClosed()).split('\r\n\r\n')
      const [first, ...headers] = head.split('\r\n')
      expect(first).toBe(`HTTP/1.1 ${status} ${line}`)
      expect(namesIn(headers)).toEqual(
        OF_AN_ERROR.filter((name) => status === 500 || !OF_A_SESSION.includes(name)),
      )
      expect(JSON.parse(body)).toEqual({ error: expect.any(String) })
      store.fail('create')
    }
  })

  test('that fails where its error cannot be answered breaks the response off, and the process goes on', async () => {
    const shown = watchConsole()
    const refusal = new Error('The head is refused.')
    const { port } = await serve((response) => {
      response.writeHead = () => {
        throw refusal
      }
      throw failure
    })
    const client = new RawClient(port)
    client.get('/')
    expect(await client.untilClosed()).toBe('')
    expect(shown.mock.calls).toEqual([[failure], [refusal]])
  })
})

/** What an error is sent with. */
const OF_AN_ERROR = [
  'cache-control',
  'connection',
  'content-length',
  'content-type',
  'date',
  'set-cookie',
  'vary',
  'x-own',
]
const OF_A_SESSION = ['set-cookie', 'vary']

function namesIn(headers: readonly string[]): string[] {
  return headers.map((line) => line.slice(0, line.indexOf(':')).toLowerCase()).sort()
}
