import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

let echo: Server
let proxy: TcpProxy

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const address = echo.address()
  proxy = await startTcpProxy(typeof address === 'object' && address !== null ? address.port : 0)
})
afterEach(async () => {
  await proxy.close()
  echo.close()
})

/** A connection through the proxy, and everything it has received. */
async function open(): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const socket = connect({ host: '127.0.0.1', port: proxy.port })
  let text = ''
  socket.on('data', (chunk) => {
    text += String(chunk)
  })
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  return { socket, received: () => text, closed }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 2_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('Not so within 2 s.')
    await delay(5)
  }
}

describe('the proxy', () => {
  test('passes on what comes', async () => {
    const { socket, received } = await open()
    socket.write('hello')
    await until(() => received() === 'hello')
    expect(proxy.connections).toBe(1)
  })

  test('delays replies, and keeps their order when the delay ends', async () => {
    const { socket, received } = await open()
    proxy.set({ kind: 'delay', ms: 80 })
    const sent = performance.now()
    socket.write('first ')
    await delay(20)
    proxy.set({ kind: 'pass' })
    socket.write('second')
    await until(() => received() === 'first second')
    expect(performance.now() - sent).toBeGreaterThanOrEqual(79)
  })

  test('swallows everything as a black hole, until it passes again', async () => {
    const { socket, received } = await open()
    proxy.set({ kind: 'blackhole' })
    socket.write('late')
    await delay(50)
    expect(received()).toBe('')
    proxy.set({ kind: 'pass' })
    await until(() => received() === 'late')
  })

  test('abandons the connections there are for good, and no new ones', async () => {
    const { socket, received } = await open()
    proxy.abandon()
    proxy.set({ kind: 'pass' })
    socket.write('never')
    const fresh = await open()
    fresh.socket.write('hello')
    await until(() => fresh.received() === 'hello')
    expect(received()).toBe('')
  })

  test('leads new connections to another port, and leaves those there are', async () => {
    const { socket, received } = await open()
    const other = createServer((socket) => socket.on('error', () => {}).end('other')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    proxy.leadTo(typeof address === 'object' && address !== null ? address.port : 0)
    const fresh = await open()
    await until(() => fresh.received() === 'other')
    socket.write('hello')
    await until(() => received() === 'hello')
    other.close()
  })

  test('cuts a reply after its first byte', async () => {
    const { socket, received, closed } = await open()
    proxy.set({ kind: 'cut' })
    socket.write('half')
    await closed
    expect(received()).toBe('h')
  })

  test('resets a connection in place of a reply', async () => {
    const { socket, received, closed } = await open()
    proxy.set({ kind: 'reset' })
    socket.write('none')
    await expect(closed).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(received()).toBe('')
  })

  test('refuses the connections there are, and new ones', async () => {
    const { closed } = await open()
    proxy.set({ kind: 'refuse' })
    await closed
    await (await open()).closed
  })
})
