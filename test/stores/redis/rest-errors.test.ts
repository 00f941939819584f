import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { freePort } from '../../servers/free-port.ts'
import type { RedisRest } from '../../servers/redis-rest.ts'
import { HOUR, recordOf } from './records.ts'
import { serveRest } from './served-rest.ts'

const SECRET_DATA = 'hunter2-in-the-session'

const served = serveRest()
let rest: RedisRest
let store: RedisSessionStore

beforeAll(() => {
  rest = served.rest
  store = served.open()
})
beforeEach(() => served.server.ask('FLUSHALL'))
afterEach(() => rest.meet(() => undefined))

const record = recordOf('a', { user: 'ann', data: JSON.stringify({ password: SECRET_DATA }) })

/** Gives the words of the error that this ends in, after checking that it tells nothing that is secret. */
async function errorOf(work: Promise<unknown>): Promise<string> {
  const [outcome] = await Promise.allSettled([work])
  if (outcome.status === 'fulfilled' || !(outcome.reason instanceof Error))
    throw new Error('There was no error.')
  const { message, stack, cause } = outcome.reason
  const all = JSON.stringify([message, stack, String(cause), { ...outcome.reason }])
  expect(all).not.toContain(SECRET_DATA)
  expect(all).not.toContain(rest.token)
  return message
}

/** All that the store does, with a database that answers so. */
async function everyError(against: RedisSessionStore): Promise<string[]> {
  return Promise.all([
    errorOf(Promise.resolve(against.get('a'))),
    errorOf(against.set('a', record, { ttl: HOUR })),
    errorOf(against.create('a', record, { ttl: HOUR })),
    errorOf(against.create('a', record, { ttl: 0 })),
    errorOf(against.replace('a', record, { ttl: HOUR, revision: 1 })),
    errorOf(against.replace('a', record, { ttl: 0, revision: 1 })),
    errorOf(against.touch('a', { ttl: HOUR, touchedAt: 1, expiresAt: 2 })),
    errorOf(against.destroy('a')),
    errorOf(against.listByUser('ann')),
    errorOf(against.destroyByUser('ann')),
    errorOf(against.entries()),
    errorOf(against.count()),
  ])
}

describe('what is wrong is said, with what to do about it', () => {
  test('a wrong token', async () => {
    const wrong = served.open({ token: 'AXyzOfAnother==' })
    for (const error of await everyError(wrong)) {
      expect(error).toMatch(/token was refused: give the REST token of this very database/)
      expect(error).not.toContain('AXyzOfAnother')
    }
  })

  test('the token that may only read, at the first load already', async () => {
    const reader = served.open({ token: rest.readOnlyToken })
    for (const error of await everyError(reader))
      expect(error).toMatch(/standard token, not the read-only one/)
  })

  test('a user without the permissions, and those that the message names are enough', async () => {
    const narrow = served.open({ token: rest.readOnlyToken })
    const error = await errorOf(Promise.resolve(narrow.get('a')))
    const [words = ''] = /\+get .*@sortedset/.exec(error) ?? []
    const user = ['ACL', 'SETUSER', 'default_ro']
    await served.server.ask(...user, '-@all', ...words.split(' '), 'resetkeys', '~coatcheck:*')
    await narrow.create('a', record, { ttl: HOUR })
    expect(await narrow.touch('a', { ttl: HOUR, touchedAt: 1, expiresAt: 2 })).toBe(true)
    expect(await narrow.listByUser('ann')).toHaveLength(1)
    expect((await narrow.entries()).records).toHaveLength(1)
    expect(await narrow.count()).toBe(1)
    expect(await narrow.destroyByUser('ann')).toBe(1)
    await served.server.ask(...user, '-@all', '+@read', '+@connection', 'allkeys')
  })

  test('a process that may open no more connections', async () => {
    const noneLeft = Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' })
    const refused = vi
      .spyOn(globalThis, 'fetch')
      .mockRejectedValue(new TypeError('fetch failed', { cause: noneLeft }))
    const error = await errorOf(Promise.resolve(store.get('a')))
    refused.mockRestore()
    expect(error).toMatch(/may open no more connections.*EMFILE/)
  })

  test.each([
    [
      'the commands of a day',
      400,
      'ERR max daily request limit exceeded. Limit: 10000, Usage: 10001.',
      /commands are used up/,
    ],
    [
      'the commands of a month',
      400,
      'ERR max requests limit exceeded. Limit: 500000',
      /commands are used up/,
    ],
    ['requests at a time', 429, 'Too Many Requests', /Too many requests at a time/],
    [
      'the size of a request',
      400,
      'ERR max request size exceeded. Limit: 10485760 bytes',
      /keep less in sessions/,
    ],
    ['the size of the database', 400, 'ERR DB capacity quota exceeded', /The database is full/],
  ])('a limit of the plan: %s', async (_what, status, error, words) => {
    rest.meet(() => ({ when: 'before', comes: { status, body: JSON.stringify({ error }) } }))
    for (const message of await everyError(store)) {
      expect(message).toMatch(words)
      expect(message).toContain(error)
    }
  })

  test('an address of something else', async () => {
    for (const [status, body] of [
      [200, '<html>Welcome</html>'],
      [404, 'Not found'],
      [404, '{"error":"Not found"}'],
      [302, ''],
      [200, '{}'],
      [200, '[]'],
      [200, '{"result":{"a":1}}'],
      [200, '{"result":true}'],
      [200, 'null'],
      [200, ''],
    ] as const) {
      rest.meet(() => ({ when: 'before', comes: { status, body } }))
      for (const message of await everyError(store)) expect(message).toMatch(/Something else answered/)
    }
  })

  test('a server that is not there', async () => {
    const nowhere = new RedisSessionStore({ url: `http://127.0.0.1:${await freePort()}`, token: rest.token })
    for (const message of await everyError(nowhere))
      expect(message).toMatch(/could not be reached.*ECONNREFUSED/)
  })

  test('words that carry what was sent', async () => {
    const error = `ERR unknown command 'SET', with args beginning with: 'a' '${SECRET_DATA}'`
    rest.meet(() => ({ when: 'before', comes: { status: 400, body: JSON.stringify({ error }) } }))
    for (const message of await everyError(store))
      expect(message).toMatch(/lacks a command that the store needs/)
  })
})

describe('an answer that is none', () => {
  test('to some of many is an error for all', async () => {
    for (const id of ['a', 'b']) await store.create(id, recordOf(id, { user: 'ann' }), { ttl: HOUR })
    for (const body of [
      [{ result: null }],
      [{ result: null }, { result: null }, { result: null }],
      [{ result: null }, {}],
      [{ result: null }, { error: 'ERR no' }],
      [{ result: null }, null],
      [{ result: null }, { result: 5 }],
      { error: 'ERR no' },
      { result: null },
    ]) {
      rest.meet((commands) =>
        commands.length > 1
          ? { when: 'before', comes: { status: 200, body: JSON.stringify(body) } }
          : undefined,
      )
      await errorOf(store.listByUser('ann'))
    }
  })

  test('of a walk is not its end', async () => {
    for (const result of [null, [], [5, []], '0']) {
      rest.meet(() => ({ when: 'before', comes: { status: 200, body: JSON.stringify({ result }) } }))
      expect(await errorOf(store.entries())).toMatch(/a SCAN without a cursor/)
    }
  })

  test('of a load is not that there is no session [P11]', async () => {
    for (const result of [0, ['x']]) {
      rest.meet(() => ({ when: 'before', comes: { status: 200, body: JSON.stringify({ result }) } }))
      expect(await errorOf(Promise.resolve(store.get('a')))).toMatch(/neither a text nor nothing/)
    }
  })

  test('that does not come at all is given up [P11]', async () => {
    const [stuck, reached] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    rest.meet(() => {
      reached.resolve()
      return { until: stuck.promise }
    })
    const timer = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(timer.signal)
    rest.requests.length = 0
    const loading = errorOf(Promise.resolve(store.get('a')))
    await reached.promise
    expect(timeout).toHaveBeenCalledExactlyOnceWith(10_000)
    timeout.mockRestore()
    timer.abort(new DOMException('over', 'TimeoutError'))
    expect(await loading).toMatch(/did not answer.*within 10 s/)
    expect(rest.requests).toHaveLength(1) // by then nobody waits for it
    stuck.resolve()
  })
})
