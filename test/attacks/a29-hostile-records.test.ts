import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import type { Session } from '../../src/core/session.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { MapStore } from '../engine/map-store.ts'
import { startLater, startOn } from '../engine/start.ts'

interface Data {
  a: number
  b: number
}

/** A visitor, and his record after somebody else has been at it. */
async function tampered(change: (record: SessionRecord) => unknown) {
  const started = startOn<Data, MapStore>(() => new MapStore())
  await started.browser.request((session) => session.set('a', 1))
  for (const [id, text] of started.store.records) {
    started.store.records.set(id, JSON.stringify(change(JSON.parse(text))))
  }
  return { ...started, log: new EventLog(started.sessions) }
}

const MEGABYTE = 1_000_000
const DEEP = 100_000

describe('[A29] hostile data in the store', () => {
  const texts: ReadonlyArray<[string, string]> = [
    ['no JSON', '<html>'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['50 MB', `{"a":"${'x'.repeat(50 * MEGABYTE)}"}`],
    ['lists 100,000 deep', `{"a":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`],
    ['objects 30,000 deep', `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`],
    ['depth behind an escaped quote', `{"a":"\\"","b":${'['.repeat(501)}${']'.repeat(501)}}`],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['another encoding', Buffer.from('{"a":1}', 'utf16le').toString('latin1')],
    ['a number too big', '1e999'],
  ]
  test.each(texts)(
    '%s is no session, is told as corrupt, and harms nobody [A29] [P10]',
    async (_name, data) => {
      const { browser, sessions, log } = await tampered((record) => ({ ...record, data }))
      const uses: ReadonlyArray<(session: Session<Data>) => unknown> = [
        (session) => expect(session.toJSON()).toEqual({}),
        (session) => expect(Object.keys(session)).toEqual([]),
        (session) => expect(session.a).toBeUndefined(),
      ]
      for (const use of uses) {
        log.clear()
        const response = await browser.request(use)
        expect(response.ticket).toBeNull()
        expect(log.told.filter((name) => name !== 'loaded')).toEqual(['missed: corrupt'])
      }
      expect(await new Browser(sessions).look()).toEqual({})
    },
  )

  test('equal keys count once, the last of them [A29]', async () => {
    const { browser } = await tampered((record) => ({ ...record, data: '{"a":1,"a":2}' }))
    expect(await browser.look()).toEqual({ a: 2 })
  })

  test('updating a session whose data is no data writes nothing and says so [A29] [P10]', async () => {
    const { browser, store } = await tampered((record) => ({ ...record, data: 'no json' }))
    const before = [...store.records]
    const { session } = await browser.arrive()
    expect(await session.update((draft) => void Object.assign(draft, { b: 2 }))).toBe(false)
    expect([...store.records]).toEqual(before)
  })
})

describe('[A29] hostile records in the store', () => {
  const records: ReadonlyArray<[string, (record: SessionRecord) => unknown]> = [
    ['of another session', (record) => ({ ...record, id: 'B'.repeat(43) })],
    ['of no session', ({ data }) => ({ data })],
    ['of an older format', ({ id, data }) => ({ id, data, version: 0 })],
    ['of another library', () => ({ cookie: { maxAge: 1 }, userId: 'admin' })],
    ['as a list', (record) => [record]],
    ['as a text', (record) => JSON.stringify(record)],
    ['with data already parsed', (record) => ({ ...record, data: { userId: 'admin' } })],
    ['with a revision of text', (record) => ({ ...record, revision: '1' })],
    ['that never ends', (record) => ({ ...record, expiresAt: '9999-12-31' })],
    ['with a user that is an object', (record) => ({ ...record, user: {} })],
  ]
  test.each(records)('%s are no session and told as corrupt [A29] [P6] [P10]', async (_name, change) => {
    const { browser, log } = await tampered(change)
    expect(await browser.look()).toEqual({})
    expect(log.told).toEqual(['missed: corrupt'])
    const { ticket } = browser
    await browser.request((session) => session.set('a', 2))
    expect(browser.ticket).not.toBe(ticket)
  })

  test('a record with more in it than there should be is a session without that [A29]', async () => {
    const { browser } = await tampered((record) => ({ ...record, isAdmin: true, toJSON: 'x' }))
    expect(await browser.look()).toEqual({ a: 1 })
  })
})

test.each(['save', 'id', 'toJSON', 'constructor'])(
  'a record with the reserved key %s neither shows it nor breaks update() [A29] [P10]',
  async (key) => {
    const { browser, memory } = startLater()
    await browser.request((session) => session.set('a', 1))
    const { id } = (await browser.arrive()).session
    const stored = memory.get(id)
    if (stored === null) throw new Error('no record')
    memory.set(id, { ...stored, data: `{"a":1,"${key}":"hostile"}` }, { ttl: 60_000 })

    const { session } = await browser.arrive()
    expect(Object.keys(session)).not.toContain(key)
    expect(Object.values({ ...session })).not.toContain('hostile')
    expect(
      await session.update((draft) => {
        draft.b = 2
      }),
    ).toBe(true)
  },
)

describe('a text that is no JSON, in a store that parses what it keeps', () => {
  const TORN = 'ann@example.com'

  test('is a failure, since the store may be what is broken: nothing is overwritten [P11]', async () => {
    const torn = new MapStore()
    const { browser } = startOn<{ a: number }, SessionStore>(() => torn)
    await browser.request((session) => session.set('a', 1))
    const [id = ''] = torn.records.keys()
    torn.records.set(id, TORN)
    await expect(browser.request((session) => session.set('a', 2))).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
      cause: { name: 'SyntaxError' },
    })
    expect([...torn.records]).toEqual([[id, TORN]])
  })

  test('is not quoted by the error of a store that meets it elsewhere [A28]', async () => {
    const { sessions } = startOn<{ a: number }, SessionStore>((memory) => ({
      ...bound(new MapStore()),
      listByUser: async () => JSON.parse(TORN),
      destroyByUser: () => memory.destroyByUser('nobody'),
    }))
    const failure: unknown = await sessions
      .user('ann')
      .list()
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', cause: { name: 'SyntaxError' } })
    expect(inspect(failure, { depth: 9 })).not.toContain('example.com')
  })
})

function bound(store: MapStore): SessionStore {
  return {
    get: (id) => store.get(id),
    set: (id, record) => store.set(id, record),
    destroy: (id) => store.destroy(id),
  }
}
