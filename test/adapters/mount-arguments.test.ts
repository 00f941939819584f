import { fastify as fastifyApp } from 'fastify'
import { describe, expect, test } from 'vitest'
import { session as express } from '../../src/adapters/express.ts'
import { session as fastify } from '../../src/adapters/fastify.ts'
import { session as fetch } from '../../src/adapters/fetch.ts'
import { session as h3 } from '../../src/adapters/h3.ts'
import { session as hono } from '../../src/adapters/hono.ts'
import { session as koa } from '../../src/adapters/koa.ts'
import { session as nitro } from '../../src/adapters/nitro.ts'
import { session as node } from '../../src/adapters/node.ts'
import { createSessions, isSessionError } from '../../src/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { SECRET } from '../engine/start.ts'

const sessions = createSessions({ secret: SECRET, store: new MemorySessionStore() })
const handler = (): void => {}

/** Calls an adapter as JavaScript would, and gives what it throws. */
function errorOf(mount: (...args: never[]) => unknown, args: readonly unknown[]): unknown {
  try {
    Reflect.apply(mount, undefined, args)
    return undefined
  } catch (error) {
    return error
  }
}

const ADAPTERS = [
  ['express', express, 'app.use(session(createSessions({ … })))'],
  ['fastify', fastify, 'app.register(session(createSessions({ … })))'],
  ['hono', hono, 'app.use(session(createSessions({ … })))'],
  ['koa', koa, 'app.use(session(createSessions({ … })))'],
  ['node', node, 'createServer(session(createSessions({ … }), (req, res) => { … }))'],
  ['fetch', fetch, 'session(createSessions({ … }), (request, { session }) => new Response(…))'],
] as const

const OTHERS = [
  ['nitro', nitro, 'export default session(createSessions({ … }))', []],
  [
    'h3',
    h3,
    "session(createSessions({ … }), { toResponse }), with toResponse from 'h3', in Nitro from 'nitro/h3'",
    [{ toResponse: handler }],
  ],
] as const

const WRONG: ReadonlyArray<[string, unknown]> = [
  ['undefined', undefined],
  ['null', null],
  ['a string', 'a-secret-nobody-may-read-in-an-error'],
  ['a function', createSessions],
  ['a promise, which is to be awaited first', Promise.resolve(sessions)],
  ['a promise, which is to be awaited first', Object.assign(Promise.resolve(), { register: handler })],
  // Another library's promise.
  ['a promise, which is to be awaited first', Object.fromEntries([['then', handler]])],
  // It has a `then`, until it has started.
  ['a Fastify instance, with which app.register(session) calls it', fastifyApp()],
  ['an object without open()', new FinalizationRegistry(() => {})],
  ['an object without open()', { secret: 'a-secret-nobody-may-read-in-an-error', resave: false }],
  ['an object without open()', { open: 'yes' }],
  ['an array', [sessions]],
  ['a Map', new Map([['sessions', sessions]])],
]

describe.each(ADAPTERS)('session() of %s', (_name, mount, usage) => {
  test.each(WRONG)('given %s is refused when it is mounted [P12]', (shown, given) => {
    const error = errorOf(mount, [given, handler])
    expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
    expect(error).toHaveProperty(
      'message',
      `session() needs what createSessions({ secret, store }) gives; it was given ${shown}. Write ${usage}.`,
    )
  })

  test('given sessions is taken', () => {
    expect(errorOf(mount, [sessions, handler])).toBeUndefined()
  })
})

describe.each(ADAPTERS.slice(4))('session() of %s', (_name, mount, usage) => {
  test.each([
    ['undefined', undefined],
    ['an object', { fetch: handler }],
    ['a string', 'handler'],
  ])('given sessions and %s is refused for want of a handler [P12]', (shown, given) => {
    const error = errorOf(mount, [sessions, given])
    expect(isSessionError(error, 'ERR_CONFIG_INVALID')).toBe(true)
    expect(error).toHaveProperty(
      'message',
      `session() needs your handler as its second argument; it was given ${shown}. Write ${usage}.`,
    )
  })
})

describe.each(OTHERS)('session() of %s', (_name, mount, usage, rest) => {
  test.each(WRONG)('given %s is refused when it is mounted [P12]', (shown, given) => {
    expect(errorOf(mount, [given, ...rest])).toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: `session() needs what createSessions({ secret, store }) gives; it was given ${shown}. Write ${usage}.`,
    })
  })

  test('given sessions is taken', () => {
    expect(errorOf(mount, [sessions, ...rest])).toBeUndefined()
  })
})

test.each([
  ['nothing', undefined],
  ['another function', { defineMiddleware: handler }],
  ['what is none', { toResponse: 'h3' }],
])(
  'session() of h3 given %s in the place of toResponse is refused, with where to get it [P12]',
  (_what, given) => {
    expect(errorOf(h3, [sessions, given])).toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message:
        "session() needs the function toResponse of h3 as its second argument. Write session(createSessions({ … }), { toResponse }), with toResponse from 'h3', in Nitro from 'nitro/h3'.",
    })
  },
)
