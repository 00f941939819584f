import { Readable } from 'node:stream'
import fastify, { type FastifyInstance, type FastifyReply, type RouteShorthandOptions } from 'fastify'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { session } from '../../../src/adapters/fastify.ts'
import type { Gate } from '../../../src/testing/barrier-store.ts'
import { settle } from '../../engine/later-store.ts'
import { portFrom } from '../harness/listen.ts'
import { startPaced, type TestStore } from '../harness/paced.ts'

interface Asked {
  app: FastifyInstance
  store: TestStore
  gate: Gate
  answer: Promise<Response>
  /** How often Fastify has been done with the request. */
  done: () => number
}

/** Asks an app whose only handler writes its session, and stays until the save that comes of its answer stands at the gate. */
async function ask(
  handler: (reply: FastifyReply, atGate: Promise<void>) => unknown,
  options: RouteShorthandOptions = {},
): Promise<Asked> {
  const { sessions, store } = startPaced('later')
  const app = fastify({ forceCloseConnections: true })
  app.register(session(sessions))
  let done = 0
  app.addHook('onResponse', async () => void done++)
  const gate = store.hold('create')
  app.get('/', options, (request, reply) => {
    request.session.visits = 1
    return handler(reply, gate.reached)
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  const answer = fetch(`http://127.0.0.1:${portFrom(app.server.address())}/`)
  await gate.reached
  await settle()
  return { app, store, gate, answer, done: () => done }
}

/** A stream that has more to come. */
function endless(): Readable {
  return new Readable({ read() {} })
}

describe('on Fastify, while a stream waits for the save of a session,', () => {
  test('an error of the handler takes its place, with the cookie, as without sessions [P2]', async () => {
    const stream = endless()
    const { gate, answer, done } = await ask(async (reply, atGate) => {
      reply.type('text/plain').send(stream)
      await atGate
      throw new Error('It went on.')
    })
    expect(stream.destroyed).toBe(true)
    gate.release()
    const response = await answer
    expect([response.status, await response.json()]).toEqual([
      500,
      expect.objectContaining({ message: 'It went on.' }),
    ])
    expect(response.headers.getSetCookie()).toHaveLength(1)
    await vi.waitFor(() => expect(done()).toBe(1))
  })

  test('another stream takes its place', async () => {
    const { gate, answer } = await ask((reply) => {
      reply.send(endless())
      reply.code(202).send(Readable.from(['second']))
    })
    gate.release()
    const response = await answer
    expect([response.status, await response.text()]).toEqual([202, 'second'])
  })

  test('handlerTimeout ends the request with its 503', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { gate, answer, done } = await ask((reply) => void reply.send(endless()), { handlerTimeout: 100 })
    vi.advanceTimersByTime(100)
    gate.release()
    const response = await answer
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'FST_ERR_HANDLER_TIMEOUT' }),
    ])
    await vi.waitFor(() => expect(done()).toBe(1))
  })

  test('the end of an async handler that has not returned the reply changes nothing', async () => {
    const { gate, answer } = await ask(async (reply) => void reply.send(Readable.from(['one, ', 'two'])))
    gate.release()
    expect(await (await answer).text()).toBe('one, two')
  })

  test.each<[string, (reply: FastifyReply) => unknown]>([
    ['an error', (reply) => reply.send(new Error('It went on.'))],
    ['a text', (reply) => reply.send('done')],
    ['a stream', (reply) => reply.send(Readable.from(['done']))],
  ])(
    '%s that takes its place becomes the error of the save when that fails [P2] [P11]',
    async (_what, send) => {
      const { store, gate, answer, done } = await ask((reply) => {
        reply.send(endless())
        send(reply)
      })
      store.fail('*')
      gate.release()
      const response = await answer
      expect([response.status, response.headers.getSetCookie()]).toEqual([503, []])
      await vi.waitFor(() => expect(done()).toBe(1))
    },
  )

  test('a header and a status that are set are sent, as without sessions', async () => {
    const { gate, answer } = await ask((reply) => {
      reply.send(Readable.from(['body']))
      reply.code(201).raw.setHeader('x-own', '1')
    })
    gate.release()
    const response = await answer
    expect([response.status, response.headers.get('x-own'), await response.text()]).toEqual([
      201,
      '1',
      'body',
    ])
  })
})
