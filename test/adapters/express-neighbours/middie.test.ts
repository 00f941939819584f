import middie from '@fastify/middie'
import express from 'express'
import fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { session } from '../../../src/adapters/express.ts'
import { session as fastifySession } from '../../../src/adapters/fastify.ts'
import type { Session } from '../../../src/index.ts'
import { portFrom } from '../harness/listen.ts'
import { PACES, startPaced } from '../harness/paced.ts'
import { silenceConsole } from '../harness/silence-console.ts'

silenceConsole()

async function listen(app: FastifyInstance): Promise<string> {
  onTestFinished(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  return `http://127.0.0.1:${portFrom(app.server.address())}`
}

function sessionOf(request: object): Session {
  return Reflect.get(request, 'session')
}

// middie lends the same `next` to one request after the other.
describe.each(PACES)('on @fastify/middie, with a store that answers %s,', (pace) => {
  describe.each(['alone', 'with the plugin behind it', 'with an app of Express further in'])(
    '%s,',
    (mounted) => {
      test('a session that cannot be saved is a 503, and no later request skips a guard or hears of it', async () => {
        const { sessions, store } = startPaced(pace)
        const app = fastify({ forceCloseConnections: true })
        await app.register(middie)
        app.use('/admin', (request, response, next) => {
          if (request.headers.authorization === 'Basic good') return next()
          response.statusCode = 401
          response.end('who are you?')
        })
        app.use(session(sessions))
        if (mounted.includes('plugin')) await app.register(fastifySession(sessions))
        if (mounted.includes('Express')) app.use(express())
        app.get('/note', (request, reply) => {
          sessionOf(request.raw).note = 'here'
          if (!mounted.includes('plugin')) return reply.send('kept')
          reply.hijack()
          reply.raw.end('kept')
        })
        app.get('/admin/secret', async () => 'the secret')
        const origin = await listen(app)

        store.fail('create', { nth: 1 })
        expect((await fetch(`${origin}/note`)).status).toBe(503)
        for (let n = 0; n < 4; n++) expect((await fetch(`${origin}/admin/secret`)).status).toBe(401)
        expect((await fetch(`${origin}/note`)).status).toBe(200)
      })
    },
  )

  test('a failed save is not answered to another request that waits in a middleware', async () => {
    const { sessions, store } = startPaced(pace)
    const app = fastify({ forceCloseConnections: true })
    const gates: (() => void)[] = []
    const waiting = Promise.withResolvers<void>()
    await app.register(middie)
    app.use(session(sessions))
    app.use((request, _response, next) => {
      if (request.url !== '/slow') return next()
      gates.push(next)
      if (gates.length === 3) waiting.resolve()
    })
    app.get('/note', async (request) => {
      sessionOf(request.raw).note = 'here'
      return 'kept'
    })
    app.get('/slow', async () => 'nothing to do with sessions')
    const origin = await listen(app)

    const gate = pace === 'later' ? store.hold('create') : null
    store.fail('create', { nth: 1 })
    const note = fetch(`${origin}/note`)
    await gate?.reached
    if (gate === null) expect((await note).status).toBe(503)
    const slow = Array.from({ length: 3 }, () => fetch(`${origin}/slow`))
    await waiting.promise
    gate?.release()
    expect((await note).status).toBe(503)
    for (const go of gates) go()
    for (const answer of await Promise.all(slow))
      expect(await answer.text()).toBe('nothing to do with sessions')
  })
})
