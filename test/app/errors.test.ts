import { HTTPException } from 'hono/http-exception'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type App, type ErrorHandler, type Handler, HttpError } from '../../src/app/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { faultyStore } from '../../src/testing/index.ts'
import { testApp, visitorOf } from './serving.ts'

const STORE_DOWN = { error: 'The session store is not available. Try again shortly.' }

/** An app whose one route throws, and what it reports. */
function throwing(thrown: unknown): { app: App; reported: unknown[] } {
  const reported: unknown[] = []
  const app = testApp({ onError: (error) => reported.push(error) })
  app.get('/', () => {
    throw thrown
  })
  return { app, reported }
}

async function answerOf(app: App, path = '/'): Promise<[number, unknown]> {
  const response = await app.request(path)
  return [response.status, await response.json()]
}

describe('what a handler throws', () => {
  afterEach(() => vi.restoreAllMocks())

  test('as an HttpError is told to the client and not reported', async () => {
    const error = new HttpError(409, 'There is such a user already.', { headers: { 'retry-after': '5' } })
    const { app, reported } = throwing(error)
    const response = await app.request('/')
    expect([response.status, await response.json()]).toEqual([
      409,
      { error: 'There is such a user already.' },
    ])
    expect(response.headers.get('retry-after')).toBe('5')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(reported).toEqual([])
  })

  test('as any other error is a 500 without a word of it, reported once [C75]', async () => {
    const error = new Error('connection to db:5432 refused')
    const { app, reported } = throwing(error)
    expect(await answerOf(app)).toEqual([500, { error: 'Internal Server Error' }])
    expect(reported).toEqual([error])
  })

  test('is printed when nobody asked to be told', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    const app = testApp()
    const error = new Error('a fault')
    app.get('/', async () => {
      throw error
    })
    await app.request('/')
    expect(print.mock.calls).toEqual([[error]])
  })

  test.each<[string, (failure: Error) => Promise<void>]>([
    [
      'fails',
      (failure) => {
        throw failure
      },
    ],
    ['fails later', (failure) => Promise.reject(failure)],
  ])('is printed, and answered, when the reporter itself %s', async (_when, report) => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    const failure = new Error('no network')
    const app = testApp({ onError: () => report(failure) })
    const error = new Error('a fault')
    app.get('/', () => {
      throw error
    })
    expect(await answerOf(app)).toEqual([500, { error: 'Internal Server Error' }])
    expect(print.mock.calls).toEqual([[error], [failure]])
  })

  test.each([
    ['a status', Object.assign(new Error('GET http://internal/7'), { status: 404 }), 404, 'Not Found'],
    ['a statusCode', Object.assign(new Error('inner'), { statusCode: 422 }), 422, 'Unprocessable Content'],
    ['expose', Object.assign(new Error('Bad token'), { status: 403, expose: true }), 403, 'Bad token'],
    ['a status nobody names', Object.assign(new Error('inner'), { status: 499 }), 499, 'Bad Request'],
    ['503', Object.assign(new Error('inner'), { status: 503 }), 503, 'Service Unavailable'],
    ['502', Object.assign(new Error('inner'), { status: 502 }), 500, 'Internal Server Error'],
    [
      'a status that is none',
      Object.assign(new Error('inner'), { status: '404' }),
      500,
      'Internal Server Error',
    ],
  ])('as an error with %s is told by that status only', async (_what, error, status, message) => {
    const { app } = throwing(error)
    expect(await answerOf(app)).toEqual([status, { error: message }])
  })

  test.each(['a text', 7, null, undefined, { status: 404 }])(
    'as %s, no error at all, is a 500',
    async (thrown) => {
      const { app, reported } = throwing(thrown)
      expect(await answerOf(app)).toEqual([500, { error: 'Internal Server Error' }])
      expect(reported[0]).toBeInstanceOf(Error)
      expect(reported[0]).toHaveProperty('cause', thrown)
    },
  )

  test('is answered with the status that was set before, as in Express, and reported whatever that is', async () => {
    const reported: unknown[] = []
    const app = testApp({ onError: (error) => reported.push(error) })
    const error = new Error('No such order')
    const status =
      (code: number, thrown: unknown = error): Handler =>
      (_req, res) => {
        res.status(code)
        throw thrown
      }
    app.get('/404', status(404)).get('/502', status(502)).get('/201', status(201))
    app.get('/own', status(404, new HttpError(409, 'Taken.')))
    app.get('/sent', (_req, res) => {
      res.status(404).json({})
      throw error
    })
    app.get('/silent', async (_req, res) => {
      res.status(404)
    })
    expect(await answerOf(app, '/own')).toEqual([409, { error: 'Taken.' }])
    expect(reported).toEqual([])
    expect(await answerOf(app, '/404')).toEqual([404, { error: 'Not Found' }])
    expect((await answerOf(app, '/502'))[0]).toBe(502)
    expect(await answerOf(app, '/201')).toEqual([500, { error: 'Internal Server Error' }])
    expect(await answerOf(app, '/sent')).toEqual([500, { error: 'Internal Server Error' }])
    expect(reported).toEqual([error, error, error, error])
    expect((await answerOf(app, '/silent'))[0]).toBe(500)
    expect(String(reported[4])).toContain('neither answered nor called next()')
  })

  test('or gives to next() is the same', async () => {
    const app = testApp()
    app.use((_req, _res, next) => {
      next(new HttpError(402, 'Pay first.'))
    })
    app.get('/', (_req, res) => res.text('paid'))
    expect(await answerOf(app)).toEqual([402, { error: 'Pay first.' }])
  })

  test('or gives to next() and goes on working is the same, and ends no process', async () => {
    const app = testApp()
    app.use(async (_req, _res, next) => {
      next(new HttpError(402, 'Pay first.'))
      await new Promise((resolve) => setTimeout(resolve, 5))
    })
    app.get('/', (_req, res) => res.text('paid'))
    expect(await answerOf(app)).toEqual([402, { error: 'Pay first.' }])
  })

  test('after it has answered takes the answer’s place', async () => {
    const app = testApp()
    app.get('/', (_req, res) => {
      res.set({ etag: '"1"', 'x-frame-options': 'DENY' }).cookie('mine', '1').json({ secret: true })
      throw new HttpError(400, 'No.')
    })
    const response = await app.request('/')
    expect([response.status, await response.json()]).toEqual([400, { error: 'No.' }])
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(response.headers.get('etag')).toBeNull()
    expect(response.headers.getSetCookie()).toEqual([])
  })

  test('while handlers behind it still run waits for them', async () => {
    const app = testApp()
    let ended = false
    app.use((_req, _res, next) => {
      next()
      throw new HttpError(400, 'No.')
    })
    app.get('/', async (_req, res) => {
      await new Promise((resolve) => setImmediate(resolve))
      ended = true
      res.json({ secret: true })
    })
    expect(await answerOf(app)).toEqual([400, { error: 'No.' }])
    expect(ended).toBe(true)
  })

  test('as a Hono HTTPException answers with its own response', async () => {
    const res = new Response('log in', { status: 401, headers: { 'www-authenticate': 'Basic' } })
    const { app, reported } = throwing(new HTTPException(401, { res }))
    const response = await app.request('/')
    expect([response.status, await response.text()]).toEqual([401, 'log in'])
    expect(response.headers.get('www-authenticate')).toBe('Basic')
    expect(reported).toEqual([])
  })

  test('does not lose what it wrote into the session before', async () => {
    const app = testApp<{ failures: number }>()
    app.post('/', (req) => {
      req.session.failures = (req.session.failures ?? 0) + 1
      throw new HttpError(401, `Failure ${req.session.failures}`)
    })
    const visitor = await visitorOf(app)
    await visitor.post('/')
    expect(await (await visitor.post('/')).json()).toEqual({ error: 'Failure 2' })
  })
})

test('a returned Response.error(), which no client can be sent, is a 500 that is reported', async () => {
  const reported: unknown[] = []
  const app = testApp({ onError: (error) => reported.push(error) })
  app.get('/', () => Response.error())
  const response = await (await visitorOf(app)).get('/')
  expect([response.status, await response.json()]).toEqual([500, { error: 'Internal Server Error' }])
  expect(reported).toEqual([
    expect.objectContaining({ message: expect.stringContaining('Response.error()') }),
  ])
})

describe('a store that fails', () => {
  test('at loading is a 503, reported, and the handler does not run [P11]', async () => {
    const store = faultyStore(new MemorySessionStore())
    const reported: unknown[] = []
    const app = testApp<{ n: number }>({ sessionStore: store, onError: (error) => reported.push(error) })
    let runs = 0
    app.get('/', (req, res) => {
      runs++
      req.session.n = 1
      return res.json({ runs })
    })
    const visitor = await visitorOf(app)
    await visitor.get('/')
    store.fail('get')
    const response = await visitor.get('/')
    expect([response.status, await response.json()]).toEqual([503, STORE_DOWN])
    expect(runs).toBe(1)
    expect(reported).toHaveLength(1)
  })

  test('at saving is a 503, with nothing of the handler’s answer [P2]', async () => {
    const store = faultyStore(new MemorySessionStore())
    const app = testApp<{ n: number }>({ sessionStore: store, onError: () => {} })
    app.use((_req, res, next) => {
      res.set('x-frame-options', 'DENY')
      return next()
    })
    app.get('/', (req, res) => {
      req.session.n = 1
      return res.set('location', '/welcome').cookie('remember_token', 'secret').status(201).json({ ok: true })
    })
    store.fail('create')
    const response = await (await visitorOf(app)).get('/')
    expect([response.status, await response.json()]).toEqual([503, STORE_DOWN])
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('location')).toBeNull()
  })

  test('in a handler’s own hands is a 503 as well', async () => {
    const store = faultyStore(new MemorySessionStore())
    const app = testApp({ sessionStore: store, onError: () => {} })
    app.get('/', async (_req, res) => res.json(await app.sessions.user('7').list()))
    store.fail('listByUser')
    expect(await answerOf(app)).toEqual([503, STORE_DOWN])
  })
})

describe('an error handler', () => {
  test('answers for errors, wherever it was added, and they are not reported', async () => {
    const reported: unknown[] = []
    const app = testApp({ onError: (error) => reported.push(error) })
    const showPage: ErrorHandler = (error, req, res, _next) => {
      const message = error instanceof Error ? error.message : 'nothing'
      res.status(500).html(`<h1>${req.path}: ${message}</h1>`)
    }
    app.use(showPage)
    app.get('/page', () => {
      throw new Error('a fault')
    })
    const response = await app.request('/page')
    expect([response.status, await response.text()]).toEqual([500, '<h1>/page: a fault</h1>'])
    expect(reported).toEqual([])
  })

  test('for a path is for errors below it only', async () => {
    const app = testApp({ onError: () => {} })
    const answerInJson: ErrorHandler = (_error, _req, res, _next) => res.status(500).json({ api: true })
    app.use('/api', answerInJson)
    app.all('/*', () => {
      throw new Error('a fault')
    })
    expect(await answerOf(app, '/api/users')).toEqual([500, { api: true }])
    expect(await answerOf(app, '/page')).toEqual([500, { error: 'Internal Server Error' }])
  })

  test('passes errors on with next(error), and its own failures too', async () => {
    const seen: string[] = []
    const app = testApp()
    app.get('/', () => {
      throw new Error('first')
    })
    const failOn: ErrorHandler = (error, _req, _res, next) => {
      seen.push(String(error))
      return next(new Error('second'))
    }
    const throwOn: ErrorHandler = async (error, _req, res, _next) => {
      seen.push(String(error))
      res.set('x-a', '1').status(418).json({ half: 'done' })
      throw new HttpError(400, 'third')
    }
    const passOn: ErrorHandler = (error, _req, _res, next) => {
      seen.push(String(error))
      return next()
    }
    app.use(failOn, throwOn).use(passOn)
    expect(await answerOf(app)).toEqual([400, { error: 'third' }])
    expect(seen).toEqual(['Error: first', 'Error: second', 'HttpError: third'])
  })

  test('finds the status that was set before the error, and no type of an answer that was dropped', async () => {
    const app = testApp()
    const answer: ErrorHandler = (_error, _req, res, _next) => res.json({ status: res.statusCode })
    app.use(answer)
    app.get('/unsent', (_req, res) => {
      res.status(404)
      throw new Error('a fault')
    })
    app.get('/sent', (_req, res) => {
      res.status(404).set('content-type', 'text/csv').send('a,b')
      throw new Error('a fault')
    })
    expect(await answerOf(app, '/unsent')).toEqual([404, { status: 404 }])
    const sent = await app.request('/sent')
    expect([sent.status, sent.headers.get('content-type'), await sent.json()]).toEqual([
      200,
      'application/json; charset=utf-8',
      { status: 200 },
    ])
  })

  test.each(['a text', 7, { status: 422, message: 'Bad order' }])(
    'is given %j, which is no Error, as it was thrown',
    async (thrown) => {
      const seen: unknown[] = []
      const app = testApp()
      const passOn: ErrorHandler = (error, _req, _res, next) => {
        seen.push(error)
        return next(error)
      }
      const answer: ErrorHandler = (error, _req, res, _next) => {
        seen.push(error)
        return res.status(422).end()
      }
      app.use(passOn, answer)
      app.get('/thrown', () => {
        throw thrown
      })
      app.get('/next', (_req, _res, next) => next(thrown))
      for (const path of ['/thrown', '/next']) expect((await app.request(path)).status).toBe(422)
      expect(seen).toEqual([thrown, thrown, thrown, thrown])
    },
  )

  test('can write to the session', async () => {
    const app = testApp<{ flash: string }>()
    const tellNextTime: ErrorHandler<{ flash: string }> = (_error, req, res, _next) => {
      req.session.flash = 'Something went wrong.'
      return res.redirect('/')
    }
    app.use(tellNextTime)
    app.post('/', () => {
      throw new Error('a fault')
    })
    app.get('/', (req, res) => res.json({ flash: req.session.flash }))
    const visitor = await visitorOf(app)
    const response = await visitor.post('/')
    expect([response.status, response.headers.get('location')]).toEqual([302, '/'])
    expect(await (await visitor.get('/')).json()).toEqual({ flash: 'Something went wrong.' })
  })
})

test('an error handler for a session that could not be loaded is told so when it asks for it', async () => {
  const store = faultyStore(new MemorySessionStore())
  const app = testApp<{ n: number }>({ sessionStore: store })
  const useSession: ErrorHandler<{ n: number }> = (_error, req, res, next) => {
    try {
      return res.json({ n: req.session.n })
    } catch (failure) {
      return next(new HttpError(503, String(failure)))
    }
  }
  app.use(useSession)
  app.get('/', (req, res) => {
    req.session.n = 1
    return res.end()
  })
  const visitor = await visitorOf(app)
  await visitor.get('/')
  store.fail('get')
  const { error } = Object(await (await visitor.get('/')).json())
  expect(error).toContain('This request has no session: it could not be loaded')
})

describe('an HttpError', () => {
  test('has a status of an error', () => {
    expect(() => new HttpError(200, 'fine')).toThrow('from 400 to 599 (got 200)')
    expect(() => Reflect.construct(HttpError, ['404', 'fine'])).toThrow("(got the text '404')")
    const cause = new Error('underneath')
    expect(new HttpError(500, 'told', { cause })).toMatchObject({ name: 'HttpError', status: 500, cause })
  })
})
