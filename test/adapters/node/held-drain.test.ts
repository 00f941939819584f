import { createServer, type ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { session } from '../../../src/adapters/node.ts'
import { settle } from '../../engine/later-store.ts'
import { servingPort, startPaced } from '../harness/paced.ts'
import { RawClient } from '../harness/raw-client.ts'

/** How often `drain` came for a handler, and what it waits for. */
interface Draining {
  client: RawClient
  drained: () => number
  /** Saves the session, and has what was held sent. */
  release: () => Promise<void>
}

/** Asks a handler for its writes with the save held. */
async function writeHeld(
  method: 'GET' | 'HEAD',
  write: (response: ServerResponse) => void,
): Promise<Draining> {
  const { sessions, store } = startPaced('later')
  const gate = store.hold('create')
  let drained = 0
  const port = await servingPort(
    createServer(
      session(sessions, (request, response) => {
        request.session.visits = 1
        response.on('drain', () => void drained++)
        write(response)
      }),
    ),
  )
  const client = new RawClient(port)
  client.socket.pause()
  client.socket.write(`${method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  await gate.reached
  const release = async (): Promise<void> => {
    gate.release()
    await settle()
  }
  return { client, drained: () => drained, release }
}

// More than a socket and the system take at once.
const LONG = 'x'.repeat(20_000_000)

test('drain comes when the client has taken what was held, not when the session is saved', async () => {
  const { client, drained, release } = await writeHeld('GET', (response) => {
    expect(response.write(LONG)).toBe(false)
    response.once('drain', () => response.end('the end'))
  })
  await release()
  expect(drained()).toBe(0)
  client.socket.resume()
  expect(await client.untilClosed()).toContain('the end')
  expect(drained()).toBe(1)
})

test('drain comes when the session is saved, if nothing of what was held has to be taken', async () => {
  const { drained, release } = await writeHeld('HEAD', (response) => {
    expect(response.write(LONG)).toBe(false)
  })
  expect(drained()).toBe(0)
  await release()
  expect(drained()).toBe(1)
})

test('drain does not come once the response has ended', async () => {
  const { client, drained, release } = await writeHeld('HEAD', (response) => {
    expect(response.write(LONG)).toBe(false)
    response.end()
  })
  await release()
  client.socket.resume()
  await client.untilClosed()
  expect(drained()).toBe(0)
})
