import { describe, expect, expectTypeOf, test } from 'vitest'
import type { AppRequest, AppResponse, ErrorHandler } from '../../src/app/index.ts'
import { isSessionError } from '../../src/index.ts'
import { testApp, visitorOf } from './serving.ts'

describe('routes', () => {
  test('each method has its handler', async () => {
    const app = testApp()
    app.get('/thing', (_req, res) => res.text('get'))
    app.post('/thing', (_req, res) => res.text('post'))
    app.put('/thing', (_req, res) => res.text('put'))
    app.patch('/thing', (_req, res) => res.text('patch'))
    app.delete('/thing', (_req, res) => res.text('delete'))
    const visitor = await visitorOf(app)
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const response = await visitor.send('/thing', { method })
      expect(await response.text()).toBe(method.toLowerCase())
    }
  })

  test('all answers every method', async () => {
    const app = testApp()
    app.all('/thing', (req, res) => res.text(req.method))
    const visitor = await visitorOf(app)
    for (const method of ['GET', 'DELETE', 'OPTIONS']) {
      expect(await (await visitor.send('/thing', { method })).text()).toBe(method)
    }
  })

  test('registration chains', async () => {
    const app = testApp()
      .get('/a', (_req, res) => res.text('a'))
      .get('/b', (_req, res) => res.text('b'))
    expect(await (await app.request('/b')).text()).toBe('b')
  })

  test('parameters come decoded and typed by their path', async () => {
    const app = testApp()
    app.get('/users/:id/:tab?', (req, res) => {
      expectTypeOf(req.params.id).toEqualTypeOf<string>()
      expectTypeOf(req.params.tab).toEqualTypeOf<string | undefined>()
      // @ts-expect-error the path has no such parameter
      res.json({ ...req.params, missing: req.params.missing })
    })
    app.get('/:year{[0-9]+}', (req, res) => {
      expectTypeOf(req.params).toEqualTypeOf<{ year: string }>()
      res.json(req.params)
    })
    const answers = ['/users/a%20b', '/users/7/posts', '/2026', '/word']
    const bodies = await Promise.all(answers.map(async (path) => (await app.request(path)).json()))
    expect(bodies).toEqual([
      { id: 'a b' },
      { id: '7', tab: 'posts' },
      { year: '2026' },
      { error: 'Not Found' },
    ])
  })

  test('parameters are typed behind a part of the path that is a variable', async () => {
    const app = testApp()
    const mount = (base: string, version: `v${number}`): void => {
      app.get(`${base}/users/:id/:tab?`, (req, res) => {
        expectTypeOf(req.params).toEqualTypeOf<{ id: string; tab?: string }>()
        // @ts-expect-error the path is not known to have such a parameter
        res.json({ ...req.params, missing: req.params.missing })
      })
      app.get(`/${version}/${base}d/:id`, (req, res) => {
        expectTypeOf(req.params).toEqualTypeOf<{ id: string }>()
        res.json(req.params)
      })
    }
    mount('/shop', 'v1')
    expect(await (await app.request('/shop/users/7')).json()).toEqual({ id: '7' })
  })

  test('a handler may name its parameters by itself, where they are those of the path', () => {
    interface Data {
      n: number
    }
    const app = testApp<Data>()
    app.get('/users/:id', (req: AppRequest<Data, { id: string }>, res: AppResponse) =>
      res.text(req.params.id),
    )
    // @ts-expect-error the path has no such parameter
    app.get('/users/:id', (req: AppRequest<Data, { name: string }>, res: AppResponse) =>
      res.text(req.params.name),
    )
    const path: string = '/any'
    app.get(path, (req, res) => res.text(req.params.id ?? ''))
  })

  test('a wildcard takes everything below', async () => {
    const app = testApp()
    app.get('/files/*', (req, res) => res.text(req.path))
    expect(await (await app.request('/files/a/b.txt')).text()).toBe('/files/a/b.txt')
    expect((await app.request('/filesystem')).status).toBe(404)
  })

  test('the first route that answers wins', async () => {
    const app = testApp()
    app.get('/users/me', (_req, res) => res.text('me'))
    app.get('/users/:id', (_req, res) => res.text('somebody'))
    expect(await (await app.request('/users/me')).text()).toBe('me')
  })

  test('a route without a handler is refused when it is made', () => {
    const app = testApp()
    expect(() => app.get('/nothing')).toThrow('GET /nothing needs one or more functions')
    // @ts-expect-error what JavaScript would let through
    expect(() => app.post('/text', 'handler')).toThrow('POST /text needs one or more functions')
    try {
      app.get('/nothing')
    } catch (error) {
      expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
    }
  })

  test('an error handler is refused in a route, and told where it is added', () => {
    const app = testApp()
    const onError: ErrorHandler = (_error, _req, res, _next) => res.end()
    expect(() => Reflect.apply(app.get, app, ['/x', () => {}, onError])).toThrow(
      "The route GET /x was given an error handler, which is a function of four parameters. Add it with app.use('/x', handler).",
    )
  })

  test('Hono handlers stand beside the app’s own and share the session', async () => {
    const app = testApp<{ name: string }>()
    app.get('/set', (req, res) => {
      req.session.name = 'Ada'
      res.end()
    })
    app.hono.get('/hono', (c) => c.json({ name: c.var.session.name }))
    const visitor = await visitorOf(app)
    await visitor.get('/set')
    expect(await (await visitor.get('/hono')).json()).toEqual({ name: 'Ada' })
  })
})

describe('a request without a route', () => {
  test('is answered 404 in JSON', async () => {
    const response = await testApp().request('/nowhere')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.json()).toEqual({ error: 'Not Found' })
  })

  test('of another method is answered 405 with the methods there are', async () => {
    const app = testApp()
    app.use((_req, _res, next) => next())
    app.get('/thing/:id', (_req, res) => res.end())
    app.delete('/thing/:id', (_req, res) => res.end())
    const response = await app.request('/thing/1', { method: 'POST' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, DELETE, HEAD, OPTIONS')
    expect(await response.json()).toEqual({
      error: 'POST is not possible here, only GET, DELETE, HEAD, OPTIONS.',
    })
  })

  test('HEAD is answered from GET, without the body', async () => {
    const app = testApp()
    app.get('/page', (_req, res) => res.set('x-page', '1').text('a page'))
    const visitor = await visitorOf(app)
    const response = await visitor.send('/page', { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-page')).toBe('1')
    expect(await response.text()).toBe('')
  })

  test('OPTIONS tells the methods, and 404 where there are none', async () => {
    const app = testApp()
    app.post('/thing', (_req, res) => res.end())
    const response = await app.request('/thing', { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('allow')).toBe('POST, OPTIONS')
    expect((await app.request('/nowhere', { method: 'OPTIONS' })).status).toBe(404)
  })

  test('whose handlers all call next is answered 404', async () => {
    const app = testApp()
    app.get('/thing', (_req, _res, next) => next())
    expect((await app.request('/thing')).status).toBe(404)
  })
})
