import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { session } from '../../../src/adapters/node.ts'
import type { Gate } from '../../../src/testing/barrier-store.ts'
import { settle } from '../../engine/later-store.ts'
import { servingPort, startPaced } from '../harness/paced.ts'
import { RawClient } from '../harness/raw-client.ts'

/** A response whose end waits for a save. */
interface HeldEnd {
  client: RawClient
  gate: Gate
  response: ServerResponse
}

/** Starts a server whose responses end at once. */
async function start(server: Server): Promise<{ hold: () => Promise<HeldEnd>; url: string }> {
  const { sessions, store } = startPaced('later')
  const responses: ServerResponse[] = []
  server.on(
    'request',
    session(sessions, (request, response) => {
      request.session.visits = 1
      responses.push(response)
      response.end('the end')
    }),
  )
  const port = await servingPort(server)
  const hold = async (): Promise<HeldEnd> => {
    const gate = store.hold('create')
    const client = new RawClient(port)
    client.get('/', 'Connection: close')
    await gate.reached
    const response = responses.at(-1) ?? expect.unreachable()
    return { client, gate, response }
  }
  return { hold, url: `http://127.0.0.1:${port}/` }
}

test('a response whose end is held is answered by a server that closes meanwhile', async () => {
  const server = createServer()
  const { hold } = await start(server)
  const { client, gate } = await hold()
  const closed = once(server, 'close')
  server.close()
  await settle()
  gate.release()
  expect(await client.untilClosed()).toContain('the end')
  await closed
})

test.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
  'a server that closes sees which responses are finished, others which were ended, released in the order %j',
  async (order) => {
    const held: HeldEnd[] = []
    const look = (): boolean[] => held.map(({ response }) => response.finished)
    let seen: unknown
    const server = createServer()
    server.closeIdleConnections = () => {
      seen = look()
    }
    const { hold } = await start(server)
    for (let count = 0; count < 3; count++) held.push(await hold())
    const finished = [false, false, false]
    for (const at of order) {
      server.closeIdleConnections()
      expect([seen, look()]).toEqual([finished, [true, true, true]])
      held[at]?.gate.release()
      await held[at]?.client.untilClosed()
      finished[at] = true
    }
    server.closeIdleConnections()
    expect([seen, look()]).toEqual([finished, finished])
  },
)

test('a server is prepared for closing once, not for each response', async () => {
  const server = createServer()
  const { url } = await start(server)
  await fetch(url)
  const prepared = server.closeIdleConnections
  await fetch(url)
  expect(server.closeIdleConnections).toBe(prepared)
})
