import { once } from 'node:events'
import { createServer, type IncomingMessage, ServerResponse } from 'node:http'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type KoaContext, session } from '../../../src/adapters/koa.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'

/** Gives a socket its context as koa-websocket does: one that has no response. */
function contextOf(app: Koa, request: IncomingMessage): KoaContext & Pick<Koa.Context, 'session'> {
  return Object.assign(app.createContext(request, new ServerResponse(request)), { res: undefined })
}

describe.each(PACES)('a socket of koa-websocket, with a store that answers %s', (pace) => {
  test('reads the session, and what it changes is saved', async () => {
    const { sessions } = startPaced(pace, { cookie: { secure: false } })
    const app = new Koa()
    const middleware = session(sessions)
    app.use(middleware)
    app.use((ctx) => {
      if (ctx.path === '/begin') ctx.session.visits = 1
      ctx.body = ctx.session
    })
    const server = createServer(app.callback())
    const sockets = new WebSocketServer({ server })
    onTestFinished(() => void sockets.close())
    sockets.on('connection', (socket, request) => {
      const ctx = contextOf(app, request)
      void middleware(ctx, async () => {
        socket.on('message', async () => {
          ctx.session.visits = Number(ctx.session.visits) + 1
          await ctx.session.save()
          socket.send(String(ctx.session.visits))
        })
      })
    })
    const port = await servingPort(server)
    const begun = await fetch(`http://127.0.0.1:${port}/begin`)
    const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const client = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { cookie } })
    await once(client, 'open')
    client.send('hello')
    const [told] = await once(client, 'message')
    client.close()
    expect(String(told)).toBe('2')
    const after = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } })
    expect(await after.json()).toEqual({ visits: 2 })
  })
})
