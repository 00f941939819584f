import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { session as fastifySession } from '../../../src/adapters/fastify.ts'
import type {
  AdapterApp,
  Answer,
  AppScope,
  RouteContext,
  ServedApp,
} from '../../../src/testing/adapter-app.ts'
import type { ServeApp } from '../../../src/testing/adapter-trial.ts'
import { getWithCookieFields, portFrom } from './listen.ts'
import { sendEvents } from './node-answer.ts'

type SessionPlugin = typeof fastifySession

/** Serves apps on Fastify. */
export function serveFastify(session: SessionPlugin): ServeApp {
  return (app) => start(session, app)
}

async function start(session: SessionPlugin, { onError, ...scope }: AdapterApp): Promise<ServedApp> {
  const app = fastify({ forceCloseConnections: true })
  if (onError !== undefined) {
    app.setErrorHandler((error, request, reply) => answerOnFastify(onError(error, contextOf(request)), reply))
  }
  fill(session, app, scope)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const port = portFrom(app.server.address())
  return {
    origin: `http://127.0.0.1:${port}`,
    getWithCookieFields: (path, cookies) => getWithCookieFields(port, path, cookies),
    close: () => app.close(),
  }
}

function fill(
  session: SessionPlugin,
  app: FastifyInstance,
  { mounts, before, routes, scopes = [] }: AppScope,
): void {
  for (const sessions of mounts) app.register(session(sessions))
  if (before !== undefined) {
    // The plugins above are loaded later, and their hooks shall come first.
    app.after(() => {
      app.addHook('onRequest', (request, _reply, done) => {
        before(contextOf(request))
        done()
      })
    })
  }
  for (const { path, answer } of routes) {
    app.all(path, async (request, reply) => answerOnFastify(await answer(contextOf(request)), reply))
  }
  for (const scope of scopes) {
    app.register(
      (inner, _options, done) => {
        fill(session, inner, scope)
        done()
      },
      { prefix: scope.path },
    )
  }
}

function contextOf(request: FastifyRequest): RouteContext {
  return {
    get session() {
      return request.session
    },
  }
}

async function answerOnFastify(answer: Answer, reply: FastifyReply): Promise<FastifyReply> {
  switch (answer.kind) {
    case 'json':
      for (const line of answer.cookies ?? []) reply.header('set-cookie', line)
      reply.code(answer.status ?? 200).headers(answer.headers ?? {})
      return reply.send(answer.body)
    case 'redirect':
      if (answer.body) return reply.redirect(answer.to)
      return reply.code(302).header('location', answer.to).send()
    case 'empty':
      return reply.code(answer.status).send()
    case 'file':
      return reply.type('text/plain').send(createReadStream(import.meta.filename))
    case 'stream':
      return reply.send(Readable.from(answer.chunks))
    case 'events':
      reply.hijack()
      await sendEvents(answer, reply.raw)
      return reply
    case 'response':
      return reply.send(answer.response)
  }
}
