import { Readable } from 'node:stream'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { session } from '../../../src/adapters/fastify.ts'
import { settle } from '../../engine/later-store.ts'
import { portFrom } from '../harness/listen.ts'
import { PACES, startPaced, type TestStore } from '../harness/paced.ts'

/** An app that writes its session and sends what it is given. */
async function start(
  pace: (typeof PACES)[number],
  send: (reply: FastifyReply) => unknown,
): Promise<{ app: FastifyInstance; store: TestStore; origin: string }> {
  const { sessions, store } = startPaced(pace)
  const app = fastify({ forceCloseConnections: true })
  app.register(session(sessions))
  app.get('/', (request, reply) => {
    request.session.visits = 1
    send(reply)
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return { app, store, origin: `http://127.0.0.1:${portFrom(app.server.address())}` }
}

/** A stream that has more to come. */
function endless(): Readable {
  return new Readable({ read() {} })
}

describe.each(PACES)('when a save fails on Fastify, with a store that answers %s', (pace) => {
  test('the stream that was to be sent is destroyed, and may fail later [P2]', async () => {
    const stream = endless()
    const { store, origin } = await start(pace, (reply) => reply.type('text/plain').send(stream))
    store.fail('create')
    expect((await fetch(origin)).status).toBe(503)
    expect(stream.destroyed).toBe(true)
    expect(() => stream.emit('error', new Error('It could not be read.'))).not.toThrow()
  })

  test.each([
    ['web stream', (body: ReadableStream) => body],
    ['Response', (body: ReadableStream) => new Response(body, { status: 201 })],
  ])('the %s that was to be sent is cancelled [P2]', async (_what, payload) => {
    const cancel = vi.fn()
    const { store, origin } = await start(pace, (reply) =>
      reply.send(payload(new ReadableStream({ cancel }))),
    )
    store.fail('create')
    expect((await fetch(origin)).status).toBe(503)
    expect(cancel).toHaveBeenCalledOnce()
  })

  test('a web stream that somebody else reads is left to them [P2]', async () => {
    const body = new ReadableStream({ start: (controller) => controller.enqueue('theirs') })
    const reader = body.getReader()
    const { store, origin } = await start(pace, (reply) => reply.send(body))
    store.fail('create')
    expect((await fetch(origin)).status).toBe(503)
    expect(await reader.read()).toEqual({ done: false, value: 'theirs' })
  })

  test('the trailers of the reply go with it, and the error can be read [P2]', async () => {
    const made = vi.fn()
    const { store, origin } = await start(pace, (reply) => {
      reply.trailer('x-sum', async () => made()).trailer('x-more', async () => made())
      reply.removeTrailer('x-more').send('done')
    })
    store.fail('create')
    const response = await fetch(origin)
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ statusCode: 503 }),
    ])
    expect(response.headers.get('trailer')).toBeNull()
    expect(made).not.toHaveBeenCalled()
  })
})

test('a stream that fails while the session is being saved is the error that Fastify answers', async () => {
  const stream = endless()
  const { store, origin } = await start('later', (reply) => reply.type('text/plain').send(stream))
  const gate = store.hold('create')
  const asked = fetch(origin)
  await gate.reached
  expect(() => stream.emit('error', new Error('It could not be read.'))).not.toThrow()
  stream.destroy(new Error('It could not be read.'))
  await settle()
  gate.release()
  const response = await asked
  expect([response.status, await response.json()]).toEqual([
    500,
    expect.objectContaining({ message: 'It could not be read.' }),
  ])
})
