import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { createSessions, isSessionError, type SessionRecord } from '../../../src/index.ts'
import { ConnectSessionStore, type ConnectStore } from '../../../src/stores/connect.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { Visitor, type VisitorData } from '../visitor.ts'

type Callback = (error?: unknown, session?: object | null) => void

/** A store that keeps JSON, as the ways of answering below all have one underneath. */
class Shelf {
  readonly items = new Map<string, string>()

  read(id: string): object | null {
    const text = this.items.get(id)
    return text === undefined ? null : JSON.parse(text)
  }

  write(id: string, session: object): void {
    this.items.set(id, JSON.stringify(session))
  }
}

/** The ways in which stores for express-session answer. */
const STYLES: Record<string, (shelf: Shelf) => ConnectStore> = {
  'by a callback at once': (shelf) => ({
    get: (id, callback) => callback(null, shelf.read(id)),
    set: (id, session, callback) => {
      shelf.write(id, session)
      callback?.()
    },
    destroy: (id, callback) => {
      shelf.items.delete(id)
      callback?.()
    },
  }),
  'by a callback later': (shelf) => ({
    get: (id, callback) => setImmediate(() => callback(null, shelf.read(id))),
    set: (id, session, callback) => setImmediate(() => callback?.(shelf.write(id, session))),
    destroy: (id, callback) => setImmediate(() => callback?.(void shelf.items.delete(id))),
  }),
  'twice, when the callback throws': (shelf) => ({
    get: async (id, callback) => {
      callback(null, shelf.read(id))
      callback(new Error('called again'))
    },
    set: async (id, session, callback) => {
      shelf.write(id, session)
      callback?.()
      callback?.(new Error('called again'))
    },
    destroy: async (id, callback) => {
      shelf.items.delete(id)
      callback?.()
      callback?.(new Error('called again'))
    },
  }),
  'by a callback, with a promise of something else that comes first': (shelf) => ({
    get: async (id, callback) => {
      setImmediate(() => callback(null, shelf.read(id)))
      return { query: 'handle' }
    },
    set: async (id, session, callback) => {
      setImmediate(() => callback?.(shelf.write(id, session)))
      return { query: 'handle' }
    },
    destroy: async (id, callback) => {
      setImmediate(() => callback?.(void shelf.items.delete(id)))
      return { query: 'handle' }
    },
  }),
  'by a promise alone': (shelf) => ({
    get: async (id: string) => shelf.read(id) ?? undefined,
    set: async (id: string, session: object) => shelf.write(id, session),
    destroy: async (id: string) => void shelf.items.delete(id),
  }),
}

describe.each(Object.entries(STYLES))('a store that answers %s', (_style, make) => {
  test('is read, written and emptied', async () => {
    const store = new ConnectSessionStore(make(new Shelf()))
    const record = newRecord({ user: 'ann' })
    expect(await store.get(record.id)).toBeNull()
    await store.set(record.id, record, { ttl: 60_000 })
    expect(await store.get(record.id)).toEqual(record)
    await store.destroy(record.id)
    expect(await store.get(record.id)).toBeNull()
  })
})

const failure = new Error('the backend is down')

/** The ways in which a call can fail. */
const FAILURES: Record<string, ConnectStore['get']> = {
  'through the callback': (_id, callback) => callback(failure),
  'by throwing': () => {
    throw failure
  },
  'by a promise, although it takes a callback': async (_id: string, _callback: Callback) => {
    throw failure
  },
}

describe.each(Object.entries(FAILURES))('a failure %s', (_how, fail) => {
  test('rejects, whichever method it was', async () => {
    const store = new ConnectSessionStore({
      get: fail,
      set: (id, _session, callback) => fail(id, (error) => callback?.(error)),
      destroy: (id, callback) => fail(id, (error) => callback?.(error)),
    })
    await expect(store.get('a')).rejects.toBe(failure)
    await expect(store.set('a', newRecord(), { ttl: 1_000 })).rejects.toBe(failure)
    await expect(store.destroy('a')).rejects.toBe(failure)
  })
})

test('a store that never calls back is a 503 within storeTimeout [P11] [C76]', async () => {
  const silent: ConnectStore = {
    get: (_id, _callback) => {},
    set: (_id, _session, _callback) => {},
    destroy: () => {},
  }
  vi.spyOn(process, 'emitWarning').mockReturnValue()
  const sessions = createSessions<VisitorData>({
    secret: 'the secret of the answer tests: 92c1d0f7e6',
    store: new ConnectSessionStore(silent),
    storeTimeout: 20,
  })
  const visitor = new Visitor(sessions)
  const visit = visitor.visit((session) => {
    session.note = 'never saved'
  })
  const error = await visit.catch((thrown: unknown) => thrown)
  expect(isSessionError(error, 'ERR_STORE_TIMEOUT') && error.status).toBe(503)
  expect(visitor.cookie).toBeNull()
})

/** A store whose every call ends in this error. */
function failingWith(error: unknown): ConnectSessionStore {
  return new ConnectSessionStore({
    get: (_id, callback) => callback(error),
    set: () => {},
    destroy: (_id, callback) => callback?.(error),
  })
}

test.each<[string, unknown]>([
  ['as the file system says it', await readFile('/no/such/file').catch((error: unknown) => error)],
  ['as a store says it itself', Object.assign(new Error('no such session'), { code: 'ENOENT' })],
  ['by a code alone', { code: 'ENOENT' }],
  [
    'of a path like a call',
    Object.assign(new Error("ENOENT: open 'connect'"), { code: 'ENOENT', syscall: 'open' }),
  ],
])('a missing file is a miss, and no error when it is to be destroyed: %s', async (_how, missing) => {
  const store = failingWith(missing)
  expect(await store.get('a')).toBeNull()
  await store.destroy('a')
})

test.each<[string, (error: Error) => unknown]>([
  ['as Node says it', (error) => error],
  ['as a driver says it that keeps code and message', ({ message }) => withCode(new Error(message))],
  ['as one of several', (error) => withCode(new AggregateError([error]))],
])(
  'a database whose socket is not there is a failure, and no missing session: %s [P4] [P11]',
  async (_how, told) => {
    const [refused] = await once(connect('/no/such/socket'), 'error')
    expect(refused).toMatchObject({ code: 'ENOENT', syscall: 'connect' })
    const error = told(refused)
    const store = failingWith(error)
    await expect(store.get('a')).rejects.toBe(error)
    await expect(store.destroy('a')).rejects.toBe(error)
  },
)

function withCode(error: Error): Error {
  return Object.assign(error, { code: 'ENOENT' })
}

describe('what the store holds is not trusted [P10] [A29]', () => {
  const session = (record: unknown, deadline: unknown = Date.now() + 60_000): object => ({
    cookie: { originalMaxAge: 60_000 },
    coatcheck: { record, deadline },
  })
  const record = newRecord()
  const hostile: Record<string, unknown> = {
    'a session of express-session itself': { cookie: { maxAge: 1_000 }, userId: 'ann' },
    'a text': 'a text',
    'a list': [1, 2],
    'a record that is a text': session('text'),
    'a record that is null': session(null),
    'a deadline that is a text': session(record, String(Date.now() + 60_000)),
    'no deadline': { coatcheck: { record } },
    "another session's record": session(newRecord()),
    'a record without data': session({ ...record, data: undefined }),
  }

  test.each(Object.entries(hostile))('%s is a miss that is told as corrupt', async (_what, held) => {
    vi.spyOn(process, 'emitWarning').mockReturnValue()
    const secret = 'the secret of the answer tests: 92c1d0f7e6'
    const shelf = new Shelf()
    const store: ConnectStore = {
      get: (id, callback) => callback(null, shelf.items.has(id) ? Object(held) : null),
      set: (id, kept, callback) => callback?.(shelf.write(id, kept)),
      destroy: (id, callback) => callback?.(void shelf.items.delete(id)),
    }
    const sessions = createSessions<VisitorData>({ secret, store: new ConnectSessionStore(store) })
    const told: string[] = []
    sessions.on('missed', ({ reason }) => told.push(reason))
    const visitor = new Visitor(sessions)
    await visitor.visit((fresh) => {
      fresh.note = 'here'
    })
    expect(await visitor.visit((loaded) => loaded.toJSON())).toEqual({})
    expect(told).toEqual(['corrupt'])
  })

  test('content that the store cannot parse is likewise no error', async () => {
    const store = new ConnectSessionStore({
      get: (_id, callback) => {
        try {
          callback(null, JSON.parse('{"torn":'))
        } catch (error) {
          callback(error)
        }
      },
      set: () => {},
      destroy: () => {},
    })
    const found: SessionRecord | null = await store.get('a')
    expect(found?.revision).toBeNaN()
  })
})
