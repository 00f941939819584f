import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { AppResponse, ErrorHandler, NextFunction } from '../../src/app/index.ts'
import { serve, testApp } from './serving.ts'

/** What a handler would do in a callback, once the app has answered in its place. */
type LateCall = (res: AppResponse, next: NextFunction) => unknown

/** Listens for process warnings of ours. */
function warnings(): string[] {
  const seen: string[] = []
  const listen = (warning: Error): void =>
    void (warning.name === 'CoatcheckWarning' && seen.push(warning.message))
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  return seen
}

const LATE_CALLS: [string, LateCall][] = [
  ['json', (res) => res.status(201).json({ late: true })],
  ['send', (res) => res.set('x-late', '1').cookie('late', '1').send('late')],
  ['redirect', (res) => res.redirect('/late')],
  ['end', (res) => res.end('late')],
  ['next', (_res, next) => next()],
]

describe.each([
  ['does not answer within answerTimeout', (): undefined => undefined],
  ['ends its promise without an answer', async (): Promise<undefined> => undefined],
] as const)('when a handler %s', (_what, returned) => {
  test.each(LATE_CALLS)('its late %s() is dropped, and throws nothing', async (_name, call) => {
    const seen = warnings()
    const reported: unknown[] = []
    const app = testApp({ answerTimeout: 1, onError: (error) => reported.push(error) })
    let late: () => unknown = () => expect.unreachable()
    app.get(
      '/slow',
      (_req, res, next) => {
        late = (): unknown => call(res, next)
        return returned()
      },
      (_req, res) => res.json({ behind: true }),
    )
    const response = await fetch(`${await serve(app)}/slow`)
    const body = await response.text()
    await late()
    await late()
    expect([response.status, JSON.parse(body)]).toEqual([500, { error: 'Internal Server Error' }])
    expect(response.headers.get('location')).toBeNull()
    expect(reported).toHaveLength(1)
    await vi.waitFor(() => expect(seen).toHaveLength(1))
    expect(seen[0]).toContain('GET /slow')
    expect(seen[0]).toContain('dropped')
  })
})

test('a header that comes after the response was sent is not asked of Hono, where it throws up to 4.13.14', async () => {
  warnings()
  const app = testApp({ answerTimeout: 1, onError: () => {} })
  let header: { mock: { calls: unknown[] } } | undefined
  app.hono.use(async (c, next) => {
    header = vi.spyOn(c, 'header')
    await next()
  })
  let late: () => unknown = () => expect.unreachable()
  app.get('/slow', (_req, res) => {
    late = (): unknown => res.set('x-late', '1').append('x-late', '2').cookie('late', '1').json({})
    return undefined
  })
  const response = await fetch(`${await serve(app)}/slow`)
  expect([response.status, await response.json()]).toEqual([500, { error: 'Internal Server Error' }])
  const before = header?.mock.calls.length
  await late()
  expect(header?.mock.calls.length).toBe(before)
  expect(before).toBeGreaterThan(0)
})

test('a late answer does not reach the answer to the error while that one waits for the session', async () => {
  warnings()
  const app = testApp<{ n: number }>({ answerTimeout: 1, onError: () => {} })
  let late: () => unknown = () => expect.unreachable()
  app.use(async (_req, _res, next) => {
    await next()
    late()
  })
  app.get('/', (_req, res) => {
    late = () => res.redirect('/late')
  })
  const response = await app.request('/')
  expect([response.status, response.headers.get('location')]).toEqual([500, null])
})

test('a second answer in the handler’s own turn still throws', async () => {
  const reported: unknown[] = []
  const app = testApp({ onError: (error) => reported.push(error) })
  app.get('/', (_req, res) => res.json({ first: true }).json({ second: true }))
  expect((await app.request('/')).status).toBe(500)
  expect(reported).toEqual([expect.objectContaining({ code: 'ERR_HEADERS_SENT' })])
})

test.each<[string, (res: AppResponse) => unknown, number]>([
  ['json', (res) => res.status(201).json({}), 201],
  ['redirect', (res) => res.redirect('/login'), 302],
])(
  'end() without text after %s() does nothing, as in Express, now or from a callback',
  async (_name, answer, status) => {
    const seen = warnings()
    const app = testApp({ onError: (error) => expect.unreachable(String(error)) })
    app.get('/now', (_req, res) => {
      answer(res)
      res.end()
    })
    let end: () => AppResponse = () => expect.unreachable()
    app.get('/callback', (_req, res) => {
      end = () => res.end()
      setImmediate(() => {
        answer(res)
        end()
      })
    })
    const handleErrors: ErrorHandler = (_error, _req, res, _next) => {
      answer(res)
      res.end()
    }
    app.use('/failing', handleErrors).get('/failing', () => {
      throw new Error('a fault')
    })
    for (const path of ['/now', '/callback', '/failing'])
      expect((await app.request(path)).status).toBe(status)
    end()
    // A process warning comes with the next tick.
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen.filter((message) => !message.startsWith('GET / '))).toEqual([])
  },
)

test('a path cannot write a line of its own into what is said of its request', async () => {
  const seen = warnings()
  const reported: unknown[] = []
  const app = testApp({ onError: (error) => reported.push(error) })
  const late: AppResponse[] = []
  app.get('/*', async (_req, res) => void late.push(res))
  await app.request('/a%0AERROR%20b%E2%80%A8%1B[2J%E2%80%AEc%C3%BC')
  for (const res of late) res.json({})
  const shown = 'GET /a%0AERROR b%E2%80%A8%1B[2J%E2%80%AEcü'
  expect(reported).toEqual([
    expect.objectContaining({ message: expect.stringContaining(`${shown}: a handler had`) }),
  ])
  await vi.waitFor(() =>
    expect(seen).toEqual([expect.stringContaining(`${shown} has been answered already`)]),
  )
})

test('send() without a value is a second answer all the same', async () => {
  const app = testApp({ onError: () => {} })
  app.get('/', (_req, res) => res.json({}).send())
  expect((await app.request('/')).status).toBe(500)
})

test.each([
  ['answered at once', undefined],
  ['was async', Promise.resolve()],
])('an error that a handler which %s gives to next() later is reported', async (_what, returned) => {
  const reported: [unknown, string][] = []
  const app = testApp({ onError: (error, request) => reported.push([error, request.url]) })
  let late: NextFunction = () => expect.unreachable()
  app.get('/', (_req, res, next) => {
    late = next
    res.json({})
    return returned
  })
  const error = new Error('too late')
  const url = await serve(app)
  for (const ask of [() => fetch(url), () => app.request('/')]) {
    expect((await ask()).status).toBe(200)
    await expect(late(error)).resolves.toBeUndefined()
  }
  expect(reported).toEqual([
    [error, `${url}/`],
    [error, 'http://localhost/'],
  ])
})
