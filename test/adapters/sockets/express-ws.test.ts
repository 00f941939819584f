import { once } from 'node:events'
import { createServer, get, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import express from 'express'
import expressWs from 'express-ws'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { session } from '../../../src/adapters/express.ts'
import { portFrom } from '../harness/listen.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'

describe.each(PACES)('on express-ws, with a store that answers %s,', (pace) => {
  test('a socket has its session, and what it changes is saved; a sign-in there moves nobody [P2] [P5]', async () => {
    const { sessions, store } = startPaced(pace)
    const discarded: string[] = []
    sessions.on('discarded', ({ reason }) => discarded.push(reason))
    const { app } = expressWs(express())
    app.use(session(sessions))
    app.get('/begin', (request, response) => {
      request.session.visits = 1
      response.end()
    })
    app.ws('/socket', (socket, request) => {
      socket.on('message', (message) => {
        const text = String(message)
        if (text === 'sign in') request.session.userId = 'eve'
        else request.session.said = text
        request.session.save().then(
          () => socket.send('saved'),
          (error: unknown) => socket.send(String(Reflect.get(Object(error), 'code'))),
        )
      })
      socket.send(`visit ${request.session.visits}`)
    })
    const server = app.listen(0, '127.0.0.1')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    await once(server, 'listening')
    const port = portFrom(server.address())
    const begun = await fetch(`http://127.0.0.1:${port}/begin`)
    const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''

    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers: { cookie } })
    onTestFinished(() => socket.terminate())
    const heard = async (): Promise<string> => String((await once(socket, 'message'))[0])
    expect(await heard()).toBe('visit 1')
    socket.send('good morning')
    expect(await heard()).toBe('saved')
    socket.send('sign in')
    await heard()
    const { records } = await store.entries()
    expect(records.map(({ data }) => JSON.parse(data))).toEqual([{ visits: 1, said: 'good morning' }])
    expect(new Set(discarded)).toEqual(new Set(['headers-sent']))
  })
})

test.each(PACES)(
  'an upgrade that the app answers itself, as a guard does, is held as any response, with a store that answers %s [P2] [P9]',
  async (pace) => {
    const { sessions, store } = startPaced(pace)
    const app = express().use(session(sessions))
    app.get('/', (request, response) => {
      request.session.visits = 1
      response.end('no sockets here')
    })
    const server = createServer()
    server.on('upgrade', (request, socket) => {
      const response = new ServerResponse(request)
      response.shouldKeepAlive = false
      if (socket instanceof Socket) response.assignSocket(socket)
      response.on('finish', () => socket.end())
      app(request, response)
    })
    const port = await servingPort(server)
    const ask = async (): Promise<[number | undefined, number]> => {
      const asked = get({ port, host: '127.0.0.1', headers: { connection: 'upgrade', upgrade: 'h2c' } })
      const [response] = await once(asked, 'response')
      response.resume()
      return [response.statusCode, response.headers['set-cookie']?.length ?? 0]
    }
    expect(await ask()).toEqual([200, 1])
    store.fail('create', { nth: 1 })
    expect(await ask()).toEqual([503, 0])
  },
)
