import { describe, expect, test } from 'vitest'
import type { ErrorHandler, Handler } from '../../src/app/index.ts'
import { testApp } from './serving.ts'

const trace: Handler = async (_req, res, next) => {
  const steps: string[] = []
  res.locals.steps = steps
  await next()
  res.set('x-steps', steps.join(' '))
}

function step(name: string): Handler {
  return async (_req, res, next) => {
    const { steps } = res.locals
    if (!Array.isArray(steps)) throw new Error('The test’s first middleware did not run.')
    steps.push(name)
    await next()
    steps.push(`/${name}`)
  }
}

describe('middleware', () => {
  test('runs in the order it was added, and await next() comes back after the handler', async () => {
    const app = testApp()
    app.use(trace, step('first'))
    app.use(step('second'))
    app.get('/page', step('route'), (_req, res) => res.text('page'))
    app.use(step('never'))
    const response = await app.request('/page')
    expect(response.headers.get('x-steps')).toBe('first second route /route /second /first')
  })

  test('for a path is for everything below it, and nothing beside it', async () => {
    const app = testApp()
    app.use('/admin', (_req, res) => res.status(403).json({ error: 'Admin only' }))
    app.get('/*', (_req, res) => res.text('open'))
    const paths = ['/admin', '/admin/', '/admin/users', '/administrator', '/', '/%61dmin', '/admin?x=1']
    const statuses = await Promise.all(paths.map(async (path) => (await app.request(path)).status))
    expect(statuses).toEqual([403, 403, 403, 200, 200, 403, 403])
  })

  test.each([
    ['/admin/', ['/admin', '/admin/', '/admin/users']],
    ['/:area{admin|staff}', ['/admin', '/staff/7']],
    ['/:name{[^/]+[.]csv}', ['/a.csv', '/a.csv/b']],
  ])('for %s guards what that names, and everything below', async (path, guarded) => {
    const app = testApp()
    app.use(path, (_req, res) => res.status(401).json({}))
    const lost: ErrorHandler = (_error, _req, res, _next) => res.status(418).json({})
    const failing = testApp({ onError: () => {} })
    failing.use(path, lost)
    for (const one of [app, failing]) {
      one.all('/*', () => {
        throw new Error('not guarded')
      })
    }
    for (const address of guarded) {
      expect([address, (await app.request(address)).status]).toEqual([address, 401])
      expect([address, (await failing.request(address)).status]).toEqual([address, 418])
    }
  })

  test('for a list of paths is for each of them', async () => {
    const app = testApp()
    const guard: Handler = (_req, res) => res.status(401).json({})
    expect(Reflect.apply(app.use, app, [['/a', '/b'], guard])).toBe(app)
    app.get('/*', (_req, res) => res.end())
    const statuses = ['/a', '/b/c', '/c'].map(async (path) => (await app.request(path)).status)
    expect(await Promise.all(statuses)).toEqual([401, 401, 200])
  })

  test.each([[undefined], [null]])('that calls next(%s) hands on', async (nothing) => {
    const app = testApp()
    app.use((_req, _res, next) => next(nothing))
    app.get('/page', (_req, res) => res.text('page'))
    expect((await app.request('/page')).status).toBe(200)
  })

  test('that answers keeps the handlers behind it from running', async () => {
    const app = testApp()
    let ran = false
    app.get(
      '/page',
      (_req, res) => res.status(401).json({ error: 'Not logged in' }),
      (_req, res) => {
        ran = true
        return res.text('secret')
      },
    )
    const response = await app.request('/page')
    expect(response.status).toBe(401)
    expect(ran).toBe(false)
  })

  test('may call next() without waiting for it, as in Express', async () => {
    const app = testApp()
    app.use((_req, _res, next) => {
      next()
    })
    app.get('/page', async (_req, res) => {
      await new Promise((resolve) => setImmediate(resolve))
      res.text('page')
    })
    expect(await (await app.request('/page')).text()).toBe('page')
  })

  test('that has answered and hands on where nothing is behind it keeps its answer', async () => {
    const app = testApp()
    app.get('/page', (_req, res, next) => {
      res.json({ answered: true })
      next()
    })
    const response = await app.request('/page')
    expect([response.status, await response.json()]).toEqual([200, { answered: true }])
  })

  test('may call next() from a callback', async () => {
    const app = testApp()
    app.use((_req, _res, next) => {
      setImmediate(next)
    })
    app.get('/page', (_req, res) => res.text('page'))
    expect(await (await app.request('/page')).text()).toBe('page')
  })

  test('that calls next() twice runs the rest once', async () => {
    const app = testApp()
    let runs = 0
    app.use(async (_req, _res, next) => {
      await Promise.all([next(), next()])
    })
    app.get('/page', (_req, res) => {
      runs++
      return res.text('page')
    })
    expect((await app.request('/page')).status).toBe(200)
    expect(runs).toBe(1)
  })

  test('has its own parameters, also after next()', async () => {
    const app = testApp()
    const seen: object[] = []
    app.use('/:section', async (req, _res, next) => {
      seen.push(req.params)
      await next()
      seen.push(req.params)
    })
    app.get('/users/:id', (req, res) => res.json(req.params))
    expect(await (await app.request('/users/7')).json()).toEqual({ id: '7' })
    expect(seen).toEqual([{ section: 'users' }, { section: 'users' }])
  })

  test('sees the same request and response as the handler', async () => {
    const app = testApp()
    app.use((req, res, next) => {
      res.locals.body = req.body
      return next()
    })
    app.post('/echo', async (req, res) => res.json([await res.locals.body, await req.body]))
    const response = await app.request('/echo', {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    })
    expect(await response.json()).toEqual([{ a: 1 }, { a: 1 }])
  })

  test('sees the status after next(), and sets headers until the response leaves', async () => {
    const app = testApp()
    app.use(async (_req, res, next) => {
      await next()
      res.set('x-status', res.statusCode).append('vary', 'accept')
    })
    app.get('/page', (_req, res) => res.status(201).set('vary', 'origin').text('made'))
    app.get('/web', () => Response.redirect('http://localhost/elsewhere'))
    const page = await app.request('/page')
    expect(page.headers.get('x-status')).toBe('201')
    expect(page.headers.get('vary')).toBe('origin, accept')
    expect((await app.request('/web')).headers.get('x-status')).toBe('302')
  })
})
