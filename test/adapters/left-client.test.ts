import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import express from 'express'
import { fastify as fastifyApp } from 'fastify'
import Koa from 'koa'
import { describe, expect, test, vi } from 'vitest'
import { session as onExpress } from '../../src/adapters/express.ts'
import { session as onFastify } from '../../src/adapters/fastify.ts'
import { session as onKoa } from '../../src/adapters/koa.ts'
import { session as onNode } from '../../src/adapters/node.ts'
import type { Session, Sessions } from '../../src/index.ts'
import { Visitor } from '../../src/testing/visitor.ts'
import { PACES, servingPort, startPaced } from './harness/paced.ts'
import { RawClient } from './harness/raw-client.ts'

/** What a framework is handed: a handler that answers by itself, or leaves a response alone that is closed. */
type Work = (session: Session) => void
type Handle = (session: Session, request: IncomingMessage, response: ServerResponse) => Promise<void>

const SERVERS: ReadonlyArray<[string, (sessions: Sessions, handle: Handle) => Server | Promise<Server>]> = [
  [
    'node:http',
    (sessions, handle) =>
      createServer(onNode(sessions, (request, response) => handle(request.session, request, response))),
  ],
  [
    'Express',
    (sessions, handle) =>
      createServer(
        express()
          .use(onExpress(sessions))
          .use((request, response) => handle(request.session, request, response)),
      ),
  ],
  [
    'Koa',
    (sessions, handle) => {
      const app = new Koa().use(onKoa(sessions)).use(async (context) => {
        context.respond = false
        await handle(context.session, context.req, context.res)
      })
      return createServer(app.callback())
    },
  ],
  [
    'Fastify',
    async (sessions, handle) => {
      const app = fastifyApp()
      await app.register(onFastify(sessions))
      app.all('/*', async (request, reply) => {
        reply.hijack()
        await handle(request.session, request.raw, reply.raw)
      })
      await app.ready()
      return app.server
    },
  ],
]

/** Signs somebody else in. */
function signIn(session: Session): void {
  session.userId = 'eve'
}

async function signInAndSave(session: Session): Promise<void> {
  signIn(session)
  await session.save()
}

describe.each(SERVERS)(
  'a client that leaves %s before the answer, of which nothing is sent then',
  (_name, serve) => {
    describe.each(PACES)('with a store that answers %s', (pace) => {
      /** Starts a server whose handler waits until its client has left, for all but `/login` and `/`. */
      async function start(work: { before?: Work; behind?: Work }) {
        const started = startPaced(pace)
        const waiting = Promise.withResolvers<void>()
        const handled = Promise.withResolvers<void>()
        const handle: Handle = async (session, { url }, response) => {
          if (url !== '/leave') {
            if (url === '/login') session.userId = 'ann'
            response.end(JSON.stringify(session))
            return
          }
          work.before?.(session)
          waiting.resolve()
          await once(response, 'close')
          work.behind?.(session)
          handled.resolve()
        }
        const port = await servingPort(await serve(started.sessions, handle))
        const visitor = new Visitor(`http://127.0.0.1:${port}`)
        await visitor.get('/login')
        return {
          ...started,
          visitor,
          async leave(): Promise<void> {
            const client = new RawClient(port)
            client.get('/leave', `Cookie: ${visitor.cookieHeader}`)
            await waiting.promise
            client.socket.destroy()
            await handled.promise
          },
          shown: async (): Promise<unknown> => (await visitor.get('/')).json(),
        }
      }

      test('has its session ended by what was done before [P4]', async () => {
        const { leave, memory, shown } = await start({ before: (session) => session.clear() })
        await leave()
        await vi.waitFor(() => expect(memory.size).toBe(0))
        expect(await shown()).toEqual({})
      })

      test('has its session ended by what is done behind it [P4]', async () => {
        const { leave, memory, shown } = await start({ behind: (session) => session.clear() })
        await leave()
        await vi.waitFor(() => expect(memory.size).toBe(0))
        expect(await shown()).toEqual({})
      })

      test('has saved what is written before and behind it [P2]', async () => {
        const { leave, shown } = await start({
          before: (session) => {
            session.visits = 1
          },
          behind: (session) => {
            session.seen = true
          },
        })
        await leave()
        await vi.waitFor(async () => expect(await shown()).toEqual({ userId: 'ann', visits: 1, seen: true }))
      })

      test('has the session of a visitor who is signed in behind it as it was: nobody would get the new cookie [P5]', async () => {
        const discarded = vi.fn()
        const { leave, sessions, shown } = await start({
          before: (session) => {
            // As a visitor again, who has left what was his.
            session.clear()
          },
          behind: (session) => {
            session.userId = 'eve'
          },
        })
        sessions.on('discarded', discarded)
        await leave()
        await vi.waitFor(() => expect(discarded).toHaveBeenCalledOnce())
        expect(await shown()).toEqual({})
      })

      test.each<[string, { before?: Work; behind?: Work }]>([
        ['before', { before: signIn }],
        [
          'behind it, by what its handler does not await',
          { behind: (session) => void signInAndSave(session) },
        ],
      ])(
        'leaves no session of who is signed in %s: nobody would get its cookie [P1] [P5]',
        async (_when, work) => {
          const { leave, memory, sessions } = await start(work)
          await leave()
          await vi.waitFor(() => expect(memory.size).toBe(0))
          expect(await sessions.user('eve').list()).toEqual([])
        },
      )

      test('does not end the process of a handler that awaits nothing: the session that was to get a new id has ended [P4]', async () => {
        const { leave, memory } = await start({
          behind: (session) => {
            void session.regenerate({ keep: true })
            void session.save()
          },
        })
        await leave()
        await vi.waitFor(() => expect(memory.size).toBe(0))
      })

      test('is no error for its handler where the store fails then, but a warning [P11]', async () => {
        const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
        const { leave, store } = await start({
          before: (session) => {
            store.fail('replace')
            session.visits = 1
          },
        })
        await leave()
        await vi.waitFor(() => expect(warned).toHaveBeenCalled())
        expect(String(warned.mock.calls[0]?.[0])).toMatch(/not saved, whose visitor had left/)
        warned.mockRestore()
      })
    })
  },
)

test.each(PACES)(
  'a client that leaves has all sessions of its request saved, also of a manager that comes behind it, with stores that answer %s [P4]',
  async (pace) => {
    const [first, second, late] = ['first', 'second', 'late'].map((name) =>
      startPaced(pace, { cookie: { name } }),
    )
    if (first === undefined || second === undefined || late === undefined) return expect.unreachable()
    const waiting = Promise.withResolvers<void>()
    const listener = onNode(first.sessions, (request, response) => {
      const isOver = request.url === '/over'
      const work = ({ session }: { session: Session }): void => {
        if (isOver) session.clear()
        else session.visits = 1
      }
      const enterLast = (): void => {
        onNode(late.sessions, work)(request, response)
        if (!isOver) response.end()
      }
      work(request)
      onNode(second.sessions, (inner) => {
        work(inner)
        if (!isOver) return enterLast()
        response.once('close', enterLast)
        waiting.resolve()
      })(request, response)
    })
    const port = await servingPort(createServer(listener))
    const visitor = new Visitor(`http://127.0.0.1:${port}`)
    await visitor.get('/begin')
    const sizes = (): number[] => [first, second, late].map(({ memory }) => memory.size)
    await vi.waitFor(() => expect(sizes()).toEqual([1, 1, 1]))
    const client = new RawClient(port)
    client.get('/over', `Cookie: ${visitor.cookieHeader}`)
    await waiting.promise
    client.socket.destroy()
    await vi.waitFor(() => expect(sizes()).toEqual([0, 0, 0]))
  },
)
