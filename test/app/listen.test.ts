import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ListenError } from '../../src/app/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { freePort } from '../servers/free-port.ts'
import { SECRET, serve, testApp } from './serving.ts'

/** Takes a port until the test has ended. */
async function takePort(): Promise<number> {
  const port = await freePort()
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return port
}

/** A store that counts how often it was disposed. */
class WatchedStore extends MemorySessionStore {
  disposed = 0

  override dispose(): void {
    this.disposed++
    super.dispose()
  }
}

describe('listen', () => {
  test('tells port and address as soon as it answers', async () => {
    const app = testApp()
    app.get('/', (_req, res) => res.text('here'))
    const port = await freePort()
    const listening = await app.listen(port, '127.0.0.1')
    onTestFinished(() => app.close())
    expect(listening).toEqual({ port, url: `http://127.0.0.1:${port}` })
    expect(await (await fetch(listening.url)).text()).toBe('here')
  })

  test('on all addresses tells one that can be opened', async () => {
    const app = testApp()
    app.get('/', (_req, res) => res.text('here'))
    const { port, url } = await app.listen(0)
    onTestFinished(() => app.close())
    expect(url).toBe(`http://localhost:${port}`)
    expect(await (await fetch(url)).text()).toBe('here')
  })

  test.each([
    ['', 'localhost'],
    ['::', 'localhost'],
    ['::1', '[::1]'],
  ])('on the host %j tells an address that can be opened', async (host, shown) => {
    const app = testApp()
    app.get('/', (_req, res) => res.text('here'))
    const { port, url } = await app.listen(0, host)
    onTestFinished(() => app.close())
    expect(url).toBe(`http://${shown}:${port}`)
    expect(await (await fetch(url)).text()).toBe('here')
  })

  test.each(['', 'Host: \r\n'])('answers a request of HTTP/1.0 that names no host: %j', async (host) => {
    const app = testApp()
    app.get('/healthz', (req, res) => res.text(`${req.raw.url} is up`))
    const { port } = new URL(await serve(app))
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`GET /healthz HTTP/1.0\r\n${host}\r\n`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nhttp:\/\/localhost\/healthz is up$/s)
  })

  test('rejects when the port is taken, and can be called again', async () => {
    const app = testApp()
    const port = await takePort()
    const refused = app.listen(port, '127.0.0.1')
    await expect(refused).rejects.toBeInstanceOf(ListenError)
    await expect(refused).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(`Port ${port} is taken`),
    })
    await serve(app)
  })

  test('rejects on a port there cannot be, and can be called again', async () => {
    const app = testApp()
    for (const port of [70_000, -1, 3000.5, Number('PORT')]) {
      await expect(app.listen(port)).rejects.toMatchObject({
        name: 'ListenError',
        code: 'ERR_SOCKET_BAD_PORT',
      })
    }
    await serve(app)
  })

  test.each([
    ['3055', "got the text '3055'). Write Number(process.env.PORT)"],
    [null, 'got null)'],
    [{ port: 3055 }, 'got an object)'],
    [Number.NaN, 'got NaN)'],
  ])('rejects on a port of %o, and says what it was', async (port, message) => {
    const app = testApp()
    await expect(Reflect.apply(app.listen, app, [port])).rejects.toMatchObject({
      code: 'ERR_SOCKET_BAD_PORT',
      message: expect.stringContaining(`A port is a whole number from 0 to 65535 (${message}`),
    })
  })

  test('rejects for a host that is none, such as a callback, and can be called again', async () => {
    const app = testApp()
    const never = (): void => expect.unreachable()
    for (const host of [never, null, 8080, {}]) {
      const refused: Promise<unknown> = Reflect.apply(app.listen, app, [0, host])
      await expect(refused).rejects.toMatchObject({
        name: 'ListenError',
        code: 'ERR_INVALID_ARG_TYPE',
        message: expect.stringContaining('await app.listen('),
      })
    }
    await serve(app)
  })

  test('rejects while the app listens, and when it was closed', async () => {
    const app = testApp()
    await serve(app)
    await expect(app.listen(0)).rejects.toThrow('listens already')
    await app.close()
    await expect(app.listen(0)).rejects.toThrow('was closed')
  })
})

describe('close', () => {
  test('lets a request in flight finish, then disposes the store', async () => {
    const store = new WatchedStore()
    const app = testApp<{ n: number }>({ sessionStore: store })
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: goOn, resolve: finish } = Promise.withResolvers<void>()
    app.get('/', async (req, res) => {
      req.session.n = 1
      begin()
      await goOn
      res.json({ disposed: store.disposed })
    })
    const url = await serve(app)
    const inFlight = fetch(url)
    await begun
    const closed = app.close()
    await expect(fetch(url)).rejects.toThrow()
    finish()
    const response = await inFlight
    expect(await response.json()).toEqual({ disposed: 0 })
    expect(response.headers.get('connection')).toBe('close')
    await closed
    expect(store.disposed).toBe(1)
  })

  test('does not wait for connections nobody is using', async () => {
    const app = testApp({ closeTimeout: '30s' })
    app.get('/', (_req, res) => res.text('here'))
    const url = new URL(await serve(app))
    const agent = new Agent({ keepAlive: true })
    const [response] = await once(get(url, { agent }), 'response')
    await once(response.resume(), 'end')
    const silent = connect(Number(url.port), url.hostname)
    await once(silent, 'connect')
    const silentEnded = once(silent.resume(), 'close')
    await app.close()
    await silentEnded
  })

  test('ends the process that waits for a handler nobody waits for any more', async () => {
    const program = `
      import { createApp } from ${JSON.stringify(new URL('../../src/app/index.ts', import.meta.url))}
      const app = createApp({ sessionSecret: '${SECRET}', closeTimeout: 1, answerTimeout: '10m' })
      const leave = new AbortController()
      app.get('/', () => leave.abort())
      const { url } = await app.listen(0, '127.0.0.1')
      await fetch(url, { signal: leave.signal }).catch(() => {})
      await app.close()
    `
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' })
    onTestFinished(() => void child.kill('SIGKILL'))
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('cuts off what has not finished within closeTimeout', async () => {
    const store = new WatchedStore()
    const app = testApp({ sessionStore: store, closeTimeout: 50, answerTimeout: '1m' })
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    app.get('/', async () => {
      begin()
      await new Promise(() => {})
    })
    const inFlight = fetch(await serve(app))
    const cutOff = expect(inFlight).rejects.toThrow()
    await begun
    await app.close()
    await cutOff
    expect(store.disposed).toBe(1)
  })

  test('twice ends once, and an app that never listened ends as well', async () => {
    const store = new WatchedStore()
    const app = testApp({ sessionStore: store })
    await Promise.all([app.close(), app.close()])
    expect(store.disposed).toBe(1)
  })
})

describe('without a port', () => {
  test('request answers a path, an address and a Request', async () => {
    const app = testApp()
    app.all('/echo', (req, res) => res.json([req.method, req.raw.url]))
    const answers = await Promise.all([
      app.request('/echo'),
      app.request(new URL('https://example.com/echo'), { method: 'PUT' }),
      app.request(new Request('http://localhost/echo', { method: 'DELETE' })),
    ])
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
      ['GET', 'http://localhost/echo'],
      ['PUT', 'https://example.com/echo'],
      ['DELETE', 'http://localhost/echo'],
    ])
  })

  test('fetch works without its app, as servers call it', async () => {
    const { fetch: answer } = testApp().get('/', (_req, res) => res.text('here'))
    expect(await (await answer(new Request('http://localhost/'))).text()).toBe('here')
  })
})
