import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import express from 'express'
import { Server } from 'socket.io'
import { io, type Socket } from 'socket.io-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { session } from '../../../src/adapters/express.ts'
import type { ReadonlySession, Sessions } from '../../../src/index.ts'
import { PACES, servingPort, startPaced, type TestStore } from '../harness/paced.ts'

interface Started {
  origin: string
  store: TestStore
}

describe.each(PACES)('socket.io, with a store that answers %s', (pace) => {
  async function start(build: (io: Server, sessions: Sessions) => void): Promise<Started> {
    const { sessions, store } = startPaced(pace)
    const app = express().use(session(sessions))
    app.get('/sign-in', (request, response) => {
      request.session.userId = 'ann'
      response.end()
    })
    app.get('/begin', (request, response) => {
      request.session.visits = 1
      response.end()
    })
    const server = createServer(app)
    const sockets = new Server(server)
    onTestFinished(() => void sockets.close())
    build(sockets, sessions)
    return { origin: `http://127.0.0.1:${await servingPort(server)}`, store }
  }

  async function signIn(origin: string): Promise<string> {
    const response = await fetch(`${origin}/sign-in`)
    return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }

  function open(origin: string, transport: string, cookie: string): Socket {
    const socket = io(origin, { transports: [transport], extraHeaders: { cookie }, reconnection: false })
    onTestFinished(() => void socket.close())
    return socket
  }

  async function greeting(socket: Socket): Promise<unknown> {
    const failed = Promise.withResolvers<never>()
    socket.on('connect_error', failed.reject)
    const greeted = Promise.withResolvers<unknown>()
    socket.on('greeting', greeted.resolve)
    return Promise.race([greeted.promise, failed.promise])
  }

  describe.each(['polling', 'websocket'])('over %s', (transport) => {
    test('io.use() with sessions.read() gives the session of the handshake', async () => {
      const { origin } = await start((sockets, sessions) => {
        sockets.use((socket, next) => {
          sessions.read(socket.handshake).then((visitor) => {
            socket.data.session = visitor
            next()
          }, next)
        })
        sockets.on(
          'connection',
          (socket) => void socket.emit('greeting', `hello ${socket.data.session.userId}`),
        )
      })
      const cookie = await signIn(origin)
      expect(await greeting(open(origin, transport, cookie))).toBe('hello ann')
      expect(await greeting(open(origin, transport, 'sid=forged'))).toBe('hello undefined')
    })

    test('io.engine.use() with sessions.read() gives the session of each request', async () => {
      const visitors = new WeakMap<IncomingMessage, ReadonlySession>()
      const { origin } = await start((sockets, sessions) => {
        sockets.engine.use(
          (request: IncomingMessage, _response: ServerResponse, next: (error?: Error) => void) => {
            sessions.read(request).then((visitor) => {
              visitors.set(request, visitor)
              next()
            }, next)
          },
        )
        sockets.on('connection', (socket) => {
          socket.emit('greeting', `hello ${visitors.get(socket.request)?.userId}`)
        })
      })
      expect(await greeting(open(origin, transport, await signIn(origin)))).toBe('hello ann')
    })

    test('io.engine.use() takes the Express middleware as it is [peers 5.10]', async () => {
      const { origin } = await start((sockets, sessions) => {
        sockets.engine.use(session(sessions))
        sockets.on('connection', (socket) => {
          socket.emit('greeting', `hello ${Reflect.get(socket.request, 'session').userId}`)
        })
      })
      expect(await greeting(open(origin, transport, await signIn(origin)))).toBe('hello ann')
    })

    test('save() in a middleware there saves what a handshake changes', async () => {
      const { origin, store } = await start((sockets, sessions) => {
        sockets.engine.use(session(sessions))
        sockets.engine.use(
          (request: IncomingMessage, _response: ServerResponse, next: (error?: Error) => void) => {
            const visitor = Reflect.get(request, 'session')
            visitor.online = true
            visitor.save(next)
          },
        )
        sockets.on('connection', (socket) => void socket.emit('greeting', 'hello'))
      })
      const cookie = await signIn(origin)
      await greeting(open(origin, transport, cookie))
      const { records } = await store.entries()
      expect(records.map(({ data }) => JSON.parse(data))).toEqual([{ userId: 'ann', online: true }])
    })
  })

  test('over a WebSocket, where no cookie can be set, nobody is signed in or moved to an id that no browser has [P5]', async () => {
    const discarded: string[] = []
    const { origin, store } = await start((sockets, sessions) => {
      sessions.on('discarded', ({ reason }) => discarded.push(reason))
      sockets.engine.use(session(sessions))
      sockets.engine.use(
        (request: IncomingMessage, _response: ServerResponse, next: (error?: Error) => void) => {
          const visitor = Reflect.get(request, 'session')
          visitor.userId = 'eve'
          visitor.save().then(() => next(), next)
        },
      )
      sockets.on('connection', (socket) => void socket.emit('greeting', 'hello'))
    })
    const begun = await fetch(`${origin}/begin`)
    const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    for (const one of [cookie, 'nobody=1'])
      await greeting(open(origin, 'websocket', one)).catch(() => 'not let in')
    const { records } = await store.entries()
    expect(records.map(({ data }) => JSON.parse(data))).toEqual([{ visits: 1 }])
    expect(discarded).toEqual(['headers-sent', 'headers-sent'])
    expect((await fetch(`${origin}/begin`, { headers: { cookie } })).headers.getSetCookie()).toEqual([])
  })

  test('a store that is down lets no socket in [P11]', async () => {
    const { origin, store } = await start((sockets, sessions) => {
      sockets.use((socket, next) => {
        sessions.read(socket.handshake).then(() => next(), next)
      })
    })
    const cookie = await signIn(origin)
    store.fail('get')
    await expect(greeting(open(origin, 'websocket', cookie))).rejects.toThrow('failed on')
  })
})
