import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { session } from '../../../src/adapters/fastify.ts'
import type { MemorySessionStore } from '../../../src/stores/memory.ts'
import { AdapterVisitor } from '../../../src/testing/adapter-visitor.ts'
import { portFrom } from '../harness/listen.ts'
import { PACES, startPaced, type TestStore } from '../harness/paced.ts'

const LONG = 'long enough to be worth compressing '.repeat(200)

async function visitorOf(app: FastifyInstance): Promise<AdapterVisitor> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return new AdapterVisitor({ origin: `http://127.0.0.1:${portFrom(app.server.address())}`, close: () => {} })
}

describe.each(PACES)('on Fastify, with a store that answers %s', (pace) => {
  function start(): { app: FastifyInstance; store: TestStore; memory: MemorySessionStore } {
    const { sessions, store, memory } = startPaced(pace)
    const app = fastify({ forceCloseConnections: true })
    app.register(session(sessions))
    return { app, store, memory }
  }

  test("the app's error handler answers a failed save, and nothing of the first reply is left [P2] [P11]", async () => {
    const { app, store } = start()
    const seen = vi.fn()
    app.setErrorHandler((error, _request, reply) => {
      seen(error)
      reply.code(503).send({ sorry: true })
    })
    app.get('/', (request, reply) => {
      request.session.visits = 1
      reply.code(201).header('location', '/made').header('set-cookie', 'own=1').send({ done: true })
    })
    const visitor = await visitorOf(app)
    store.fail('create')
    const reply = await visitor.visit('/')
    expect([reply.status, reply.body]).toEqual([503, '{"sorry":true}'])
    expect([reply.headers.get('location'), reply.setCookies]).toEqual([null, []])
    expect(seen).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' }))
  })

  test('onSend hooks of the app see the error that is sent', async () => {
    const { app, store } = start()
    const payloads: unknown[] = []
    app.addHook('onSend', async (_request, _reply, payload) => void payloads.push(payload))
    app.get('/', (request, reply) => {
      request.session.visits = 1
      reply.send({ done: true })
    })
    const visitor = await visitorOf(app)
    store.fail('create')
    expect((await visitor.visit('/')).status).toBe(503)
    expect(payloads).toEqual([expect.stringContaining('"statusCode":503')])
  })

  test('a hijacked reply whose session cannot be saved is a 503 in JSON [P2]', async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => shown.mockRestore())
    const { app, store } = start()
    app.get('/', (request, reply) => {
      request.session.visits = 1
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/plain' })
      reply.raw.end('done')
    })
    const visitor = await visitorOf(app)
    store.fail('create')
    const reply = await visitor.visit('/')
    expect([reply.status, JSON.parse(reply.body)]).toEqual([503, { error: expect.any(String) }])
  })

  test('a reply written to raw, without hijack, goes to the error handler when the save fails [P2]', async () => {
    const { app, store } = start()
    app.get('/', (request, reply) => {
      request.session.visits = 1
      reply.raw.end('done')
    })
    const visitor = await visitorOf(app)
    store.fail('create')
    const reply = await visitor.visit('/')
    expect([reply.status, JSON.parse(reply.body)]).toEqual([
      503,
      expect.objectContaining({ statusCode: 503 }),
    ])
  })

  test('a page that is not found has the session too', async () => {
    const { app } = start()
    app.setNotFoundHandler((request, reply) => {
      request.session.misses = (request.session.misses ?? 0) + 1
      reply.code(404).send({ misses: request.session.misses })
    })
    const visitor = await visitorOf(app)
    await visitor.visit('/nowhere')
    expect((await visitor.visit('/nowhere')).body).toBe('{"misses":2}')
  })

  test('request.session = null ends the session', async () => {
    const { app } = start()
    app.get('/set', (request) => {
      request.session.visits = 1
      return {}
    })
    app.get('/leave', (request) => {
      Reflect.set(request, 'session', null)
      return {}
    })
    const visitor = await visitorOf(app)
    await visitor.json('/set')
    await visitor.json('/leave')
    expect(visitor.cookieHeader).toBe('')
  })

  test('a reply whose session nobody uses is as if there were none', async () => {
    const { app } = start()
    app.get('/', (_request, reply) => reply.send(Object.keys(reply.raw).includes('writeHead')))
    const visitor = await visitorOf(app)
    expect((await visitor.visit('/')).body).toBe('false')
  })

  test('a session first used after the reply was handed over still gets its cookie [P3]', async () => {
    const { app } = start()
    app.addHook('onSend', (request, _reply, payload, done) => {
      request.session.visits = (request.session.visits ?? 0) + 1
      done(null, `${payload}${request.session.visits}`)
    })
    app.get('/', (_request, reply) => reply.type('text/plain').send('visit '))
    const visitor = await visitorOf(app)
    expect((await visitor.visit('/')).body).toBe('visit 1')
    expect((await visitor.visit('/')).body).toBe('visit 2')
  })

  test('a session first used when the head has gone is written if there is one, and none is begun [P3] [P4]', async () => {
    const { app, memory } = start()
    app.get('/', (request) => {
      request.session.visits = 1
      return {}
    })
    app.get('/late', (request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200).write('one')
      request.session.late = 1
      reply.raw.end('two')
    })
    const visitor = await visitorOf(app)
    const early = await visitor.visit('/late')
    expect([early.body, early.setCookies, memory.size]).toEqual(['onetwo', [], 0])
    await visitor.visit('/')
    expect((await visitor.visit('/late')).body).toBe('onetwo')
    const { records } = memory.entries()
    expect(records.map(({ data }) => JSON.parse(data))).toEqual([{ visits: 1, late: 1 }])
  })

  test('inject() needs no port', async () => {
    const { app } = start()
    app.get('/', (request) => {
      request.session.visits = (request.session.visits ?? 0) + 1
      return { visits: request.session.visits }
    })
    const [first] = (await app.inject('/')).cookies
    const second = await app.inject({ url: '/', cookies: { [first?.name ?? '']: first?.value ?? '' } })
    expect(second.json()).toEqual({ visits: 2 })
  })

  test.each(['before', 'after'] as const)(
    '@fastify/compress registered %s leaves body and cookie whole',
    async (place) => {
      const { sessions, store } = startPaced(pace)
      const app = fastify({ forceCloseConnections: true })
      if (place === 'before') await app.register(compress)
      app.register(session(sessions))
      if (place === 'after') await app.register(compress)
      app.get('/', (request, reply) => {
        request.session.visits = 1
        reply.send({ text: LONG })
      })
      const visitor = await visitorOf(app)
      const reply = await visitor.visit('/')
      expect(reply.headers.get('content-encoding')).toMatch(/^(br|gzip|zstd)$/)
      expect([JSON.parse(reply.body), reply.setCookies.length]).toEqual([{ text: LONG }, 1])
      store.fail('create')
      expect((await visitor.visit('/', { headers: { cookie: 'none=1' } })).status).toBe(503)
    },
  )

  test.each(['before', 'after'] as const)(
    '@fastify/cookie registered %s keeps its cookies beside ours',
    async (place) => {
      const { sessions } = startPaced(pace)
      const app = fastify({ forceCloseConnections: true })
      if (place === 'before') app.register(cookie)
      app.register(session(sessions))
      if (place === 'after') app.register(cookie)
      app.get('/', (request, reply) => {
        request.session.visits = 1
        reply.setCookie('a', '1').setCookie('b', '2').send({})
      })
      const { setCookies } = await (await visitorOf(app)).visit('/')
      expect(setCookies.map((line) => line.split('=')[0]).sort()).toEqual(['a', 'b', 'sid'])
    },
  )
})

test("another plugin's request.session is not gone over: Fastify refuses ours", async () => {
  const app = fastify()
  app.decorateRequest('session')
  app.register(session(startPaced('at once').sessions))
  await expect(app.ready()).rejects.toMatchObject({ code: 'FST_ERR_DEC_ALREADY_PRESENT' })
})
