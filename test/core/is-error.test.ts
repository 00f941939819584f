import { runInNewContext } from 'node:vm'
import fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { session as forFastify } from '../../src/adapters/fastify.ts'
import { session } from '../../src/adapters/fetch.ts'
import { createApp, type ErrorHandler } from '../../src/app/index.ts'
import { errorsIn, isError, isErrorOf } from '../../src/core/is-error.ts'
import { createSessions } from '../../src/index.ts'
import { ConnectSessionStore } from '../../src/stores/connect.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'

// Under Jest, and in Vitest's vmThreads, the app runs in a context of its own: to it, these are what Node itself throws.
const foreign = (code: string): unknown => runInNewContext(code)

const SECRET = 'is-error-0123456789-abcdefghijklmnop'
const REFUSED = "Object.assign(new Error('connect ENOENT /run/db'), { code: 'ENOENT', syscall: 'connect' })"

test.each([
  ['an error', new Error('a')],
  ['one of a class', new RangeError('a')],
  ["another realm's", foreign("new Error('a')")],
  ["another realm's, of a class", foreign("new TypeError('a')")],
  ['what fetch() fails with when it was given up', AbortSignal.abort().reason],
])('%s is an error', (_what, value) => {
  expect(isError(value)).toBe(true)
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'Error: a'],
  ['an object that has the looks of one', { name: 'Error', message: 'a', stack: '' }],
])('%s is none', (_what, value) => {
  expect(isError(value)).toBe(false)
  expect(errorsIn(value)).toBeNull()
})

test('an error is told by its name, and what it stands for by its list', () => {
  expect(isErrorOf('TypeError', foreign("new TypeError('a')"))).toBe(true)
  expect(isErrorOf('TypeError', foreign("new Error('a')"))).toBe(false)
  class JSONParseError extends SyntaxError {
    override name = 'JSONParseError'
  }
  expect(isErrorOf('SyntaxError', new JSONParseError('a'))).toBe(true)
  expect(errorsIn(foreign("new AggregateError([1, 2], 'a')"))).toEqual([1, 2])
  expect(errorsIn(new Error('a'))).toBeNull()
})

describe('an error of another realm', () => {
  test('of a connection is a failure of the store, and no missing session [P4] [P11]', async () => {
    const fail = (callback: (error: unknown) => void): void => callback(foreign(REFUSED))
    const store = new ConnectSessionStore({
      get: (_id, callback) => fail(callback),
      set: (_id, _session, callback) => fail((error) => callback?.(error)),
      destroy: (_id, callback) => fail((error) => callback?.(error)),
    })
    const revoking = createSessions({ secret: SECRET, store }).revoke('a'.repeat(43))
    await expect(revoking).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      cause: { message: 'connect ENOENT /run/db', code: 'ENOENT' },
    })
  })

  test("reaches the app's onError and its error handlers as it was thrown", async () => {
    const heard: unknown[] = []
    const thrown = foreign("Object.assign(new Error('no such file'), { code: 'ENOENT' })")
    const app = createApp({
      sessionSecret: SECRET,
      secureCookies: false,
      onError: (error) => heard.push(error),
    })
    app.get('/', () => {
      throw thrown
    })
    const handle: ErrorHandler = (error, _req, res, _next) => res.json({ same: error === thrown })
    app.use('/handled', handle)
    app.get('/handled', () => {
      throw thrown
    })
    expect((await app.request('/')).status).toBe(500)
    expect(heard).toEqual([thrown])
    expect(await (await app.request('/handled')).json()).toEqual({ same: true })
  })

  test('by which a response tells that its headers cannot be changed makes a copy of it', async () => {
    const sessions = createSessions({ secret: SECRET, store: new MemorySessionStore() })
    const handler = session(sessions, (_request, { session: visitor }) => {
      expect(visitor.get('userId')).toBeUndefined()
      const fixed = new Response('hello')
      const refuse = (): never => {
        throw foreign("new TypeError('immutable')")
      }
      for (const verb of ['append', 'set', 'delete']) Object.assign(fixed.headers, { [verb]: refuse })
      return fixed
    })
    const response = await handler(new Request('https://localhost/'))
    expect(await response.text()).toBe('hello')
    expect(response.headers.get('vary')).toBe('Cookie')
  })

  test('of a save that failed behind a raw reply of Fastify is answered without what it says [A26]', async () => {
    const app = fastify()
    const sessions = createSessions({ secret: SECRET, store: new MemorySessionStore() })
    await app.register(forFastify(sessions))
    app.get('/', (request, reply) => {
      request.session
        .update(() => {
          throw foreign("Object.assign(new Error('no such file'), { path: '/etc/secret' })")
        })
        .catch(() => {})
      reply.raw.writeHead(200).end('done')
    })
    const response = await app.inject('/')
    expect(response.statusCode).toBe(500)
    expect(response.body).not.toContain('secret')
    await app.close()
  })
})
