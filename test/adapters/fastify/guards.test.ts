import { Readable } from 'node:stream'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { session } from '../../../src/adapters/fastify.ts'
import { AdapterVisitor } from '../../../src/testing/adapter-visitor.ts'
import { portFrom } from '../harness/listen.ts'
import { PACES, startPaced } from '../harness/paced.ts'

async function visitorOf(app: FastifyInstance): Promise<AdapterVisitor> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return new AdapterVisitor({ origin: `http://127.0.0.1:${portFrom(app.server.address())}`, close: () => {} })
}

const ANSWERS: ReadonlyArray<[string, (reply: FastifyReply) => unknown, number]> = [
  ['send', (reply) => reply.code(401).send({ error: 'sign in' }), 401],
  ['redirect', (reply) => reply.redirect('/login'), 302],
]

// Fastify asks the response whether it has ended, before it runs what comes behind a hook. Passport answers like that.
describe.each(PACES)('on Fastify, with a store that answers %s, an async guard', (pace) => {
  test.each(ANSWERS)(
    'that has called %s without returning the reply lets no route run',
    async (_name, answer, status) => {
      const { sessions } = startPaced(pace)
      const app = fastify({ forceCloseConnections: true })
      app.register(session(sessions))
      let ran = 0
      app.addHook('preHandler', async (request, reply) => {
        if (request.url === '/look') return
        request.session.returnTo = '/transfer'
        answer(reply)
      })
      app.get('/transfer', async (_request, reply) => {
        ran++
        reply.header('x-balance', '100')
        return { transferred: true }
      })
      app.get('/look', async (request) => ({ returnTo: request.session.returnTo }))
      const visitor = await visitorOf(app)
      const reply = await visitor.visit('/transfer')
      expect([reply.status, ran, reply.headers.get('x-balance')]).toEqual([status, 0, null])
      expect((await visitor.visit('/look')).body).toBe('{"returnTo":"/transfer"}')
    },
  )

  test('that has answered and then fails changes nothing of its answer', async () => {
    const { sessions } = startPaced(pace)
    const app = fastify({ forceCloseConnections: true })
    app.register(session(sessions))
    app.addHook('preHandler', async (request, reply) => {
      request.session.returnTo = '/'
      reply.code(401).send({ error: 'sign in' })
      throw new Error('too late')
    })
    app.get('/', async () => ({ done: true }))
    const visitor = await visitorOf(app)
    const reply = await visitor.visit('/')
    expect([reply.status, reply.body]).toEqual([401, '{"error":"sign in"}'])
  })

  test('that has answered finds the reply sent, and its save failed is the 503 all the same [P2]', async () => {
    const { sessions, store } = startPaced(pace)
    const app = fastify({ forceCloseConnections: true })
    app.register(session(sessions))
    let sent: boolean | undefined
    app.addHook('preHandler', async (request, reply) => {
      request.session.returnTo = '/'
      reply.code(401).header('x-guard', 'yes').send({ error: 'sign in' })
      sent = reply.sent
    })
    let ran = 0
    app.get('/', async () => ({ ran: ++ran }))
    const visitor = await visitorOf(app)
    store.fail('create')
    const reply = await visitor.visit('/')
    expect([reply.status, ran]).toEqual([503, 0])
    if (pace === 'later') expect(sent).toBe(true)
  })

  test('that sends a stream and waits for the reply has it read before it goes on', async () => {
    const { sessions } = startPaced(pace)
    const app = fastify({ forceCloseConnections: true })
    app.register(session(sessions))
    app.get('/', async (request, reply) => {
      request.session.visits = 1
      const file = Readable.from(['a', 'b', 'c'])
      try {
        await reply.type('text/plain').send(file)
      } finally {
        file.destroy(new Error('let go of too early'))
      }
    })
    const visitor = await visitorOf(app)
    const reply = await visitor.visit('/')
    expect([reply.status, reply.body]).toEqual([200, 'abc'])
  })
})
