import { createServer } from 'node:http'
import express, { type Express } from 'express'
import { describe, expect, test, vi } from 'vitest'
import { session } from '../../../src/adapters/express.ts'
import { session as nodeSession } from '../../../src/adapters/node.ts'
import type { DefaultData } from '../../../src/core/session-data.ts'
import { AdapterVisitor } from '../../../src/testing/adapter-visitor.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'

describe.each(PACES)('on Express, with a store that answers %s', (pace) => {
  async function start(routes: (app: Express) => void): Promise<AdapterVisitor> {
    const { sessions } = startPaced(pace)
    const app = express().set('env', 'test').use(session(sessions))
    routes(app)
    app.get('/set', (request, response) => {
      request.session.visits = 1
      response.json({})
    })
    app.get('/look', (request, response) => void response.json(request.session))
    const port = await servingPort(createServer(app))
    return new AdapterVisitor({ origin: `http://127.0.0.1:${port}`, close: () => {} })
  }

  test.each([
    ['null', (request: express.Request) => void Reflect.set(request, 'session', null)],
    ['undefined', (request: express.Request) => void Reflect.set(request, 'session', undefined)],
    ['nothing, by delete', (request: express.Request) => void Reflect.deleteProperty(request, 'session')],
  ])('req.session set to %s ends the session [peers 5.5]', async (_what, unset) => {
    const visitor = await start((app) => {
      app.get('/leave', (request, response) => {
        unset(request)
        response.json({})
      })
    })
    await visitor.json('/set')
    const old = visitor.copy()
    await visitor.json('/leave')
    expect(visitor.cookieHeader).toBe('')
    expect(await old.json('/look')).toEqual({})
  })

  test('an object assigned to req.session takes the place of the data [peers 5.5]', async () => {
    const visitor = await start((app) => {
      app.get('/replace', (request, response) => {
        Reflect.set(request, 'session', { theme: 'dark' })
        request.session.more = true
        response.json({})
      })
      app.get('/same', (request, response) => {
        const same = request.session
        request.session = same
        response.json({})
      })
    })
    await visitor.json('/set')
    const before = visitor.cookieHeader
    await visitor.json('/replace')
    await visitor.json('/same')
    expect(await visitor.json('/look')).toEqual({ theme: 'dark', more: true })
    expect(visitor.cookieHeader).toBe(before)
  })

  test('req.sessionID is the session id, from first access through first save [peers 5.7]', async () => {
    const visitor = await start((app) => {
      app.get('/ids', async (request, response) => {
        const first = request.sessionID
        request.session.visits = 1
        await request.session.save()
        response.json([first, request.sessionID, request.session.id])
      })
      app.get('/id', (request, response) => void response.json(request.sessionID))
    })
    const ids = await visitor.json('/ids')
    const id = await visitor.json('/id')
    expect(id).toMatch(/^[\w-]{43}$/)
    expect(ids).toEqual([id, id, id])
  })

  test('req.sessionID is there also where the session is mounted below the app, and for the app above a sub-app', async () => {
    const { sessions } = startPaced(pace)
    const sub = express().use(session(sessions))
    sub.get('/below', (request, response) => void response.json(request.sessionID === request.session.id))
    const app = express().use('/sub', sub)
    app.get('/sub/above', (request, response) => void response.json(request.sessionID === request.session.id))
    const whole = express().use(session(sessions))
    whole.get('/', (request, response) => void response.json(request.sessionID === request.session.id))
    const listener = nodeSession<DefaultData>(sessions, (request, response) => whole(request, response))
    const ports = [await servingPort(createServer(app)), await servingPort(createServer(listener))]
    for (const address of [`${ports[0]}/sub/below`, `${ports[0]}/sub/above`, `${ports[1]}/`]) {
      const response = await fetch(`http://127.0.0.1:${address}`)
      expect([address, await response.json()]).toEqual([address, true])
    }
  })

  test('regenerate(callback) puts a new object on the request; the old one can still be read [peers 5.1]', async () => {
    const visitor = await start((app) => {
      app.get('/regenerate', (request, response, next) => {
        const old = request.session
        old.regenerate((error) => {
          if (error) return next(error)
          const fresh = request.session
          fresh.came = 'fresh'
          response.json({ same: fresh === old, old: { ...old }, fresh: { ...fresh } })
        })
      })
    })
    await visitor.json('/set')
    const thief = visitor.copy()
    expect(await visitor.json('/regenerate')).toEqual({
      same: false,
      old: { visits: 1 },
      fresh: { came: 'fresh' },
    })
    expect(await visitor.json('/look')).toEqual({ came: 'fresh' })
    expect(await thief.json('/look')).toEqual({})
  })

  test('the verbs take callbacks, and save has one in its length [peers 5.2]', async () => {
    const visitor = await start((app) => {
      app.get('/verbs', (request, response, next) => {
        request.session.visits = 2
        request.session.save((error) => {
          if (error) return next(error)
          request.session.visits = 3
          request.session.reload((failure) => {
            if (failure) return next(failure)
            const { visits } = request.session
            const { length } = Object.getPrototypeOf(request.session).save
            request.session.destroy(() => response.json({ visits, length }))
          })
        })
      })
    })
    expect(await visitor.json('/verbs')).toEqual({ visits: 2, length: 1 })
    expect(visitor.cookieHeader).toBe('')
  })

  test('a loop over the session and a spread of it give the data only [peers 5.3]', async () => {
    const visitor = await start((app) => {
      app.get('/loop', (request, response) => {
        const keys: string[] = []
        for (const key in request.session) keys.push(key)
        response.json([keys, { ...request.session }])
      })
    })
    await visitor.json('/set')
    expect(await visitor.json('/loop')).toEqual([['visits'], { visits: 1 }])
  })

  test('errors of the store reach the error handlers of the app [P2] [P11]', async () => {
    const { sessions, store } = startPaced(pace)
    const seen = vi.fn()
    const app = express().use(session(sessions))
    app.get('/', (request, response) => {
      request.session.visits = 1
      response.cookie('own', '1').status(201).json({ done: true })
    })
    app.use(
      (error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
        seen(error)
        response.status(Reflect.get(error, 'status')).json({ sorry: true })
      },
    )
    const port = await servingPort(createServer(app))
    store.fail('create')
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ sorry: true })
    expect(response.headers.getSetCookie()).toEqual([])
    expect(seen).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' }))
  })

  test('an error handler that leaves an ended response alone lets it go out', async () => {
    const { sessions } = startPaced(pace)
    const app = express().use(session(sessions))
    app.get('/', (request, response) => {
      request.session.visits = 1
      response.end('done')
      throw new Error('after the end')
    })
    app.use(
      (error: Error, _request: express.Request, response: express.Response, next: express.NextFunction) => {
        if (!response.writableEnded) next(error)
      },
    )
    const port = await servingPort(createServer(app))
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect([response.status, await response.text()]).toEqual([200, 'done'])
  })

  test('an error handler that takes its time has the response to itself', async () => {
    const { sessions, store } = startPaced(pace)
    const app = express().use(session(sessions))
    const answered = Promise.withResolvers<void>()
    app.get('/', async (request, response) => {
      request.session.visits = 1
      response.write('never')
      for (let count = 0; count < 5; count++) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        response.write('neither')
      }
      response.end()
      answered.resolve()
    })
    app.use(
      async (
        _error: Error,
        _request: express.Request,
        response: express.Response,
        _next: express.NextFunction,
      ) => {
        await answered.promise
        response.status(503).send('sorry')
      },
    )
    const port = await servingPort(createServer(app))
    store.fail('create')
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect([response.status, await response.text()]).toEqual([503, 'sorry'])
  })
})

test('a response without headers, as at a socket.io handshake, is passed by [peers 5.10]', () => {
  const { sessions } = startPaced('at once')
  const request = { headers: {} }
  const next = vi.fn()
  Reflect.apply(session(sessions), undefined, [request, { end: () => {} }, next])
  expect(next).toHaveBeenCalledExactlyOnceWith()
  expect(Reflect.get(request, 'sessionID')).toMatch(/^[\w-]{43}$/)
})
