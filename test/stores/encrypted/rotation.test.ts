import { describe, expect, test, vi } from 'vitest'
import { createSessions, type MissReason, type SessionStore, type Sessions } from '../../../src/index.ts'
import { type EncryptionOptions, encrypted } from '../../../src/stores/encrypted.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { Visitor, type VisitorData } from '../visitor.ts'
import { KEY, OLD_KEY } from './keys.ts'

const TTL = { ttl: 60_000 }

/** The same sessions, served by an app with other keys. */
function appWith(
  store: SessionStore,
  options: EncryptionOptions,
  missed: MissReason[] = [],
): Sessions<VisitorData> {
  const sessions = createSessions<VisitorData>({
    secret: 'the secret of the rotation tests: 60fa2b91',
    store: encrypted(store, options),
  })
  sessions.on('missed', ({ reason }) => missed.push(reason))
  return sessions
}

async function logIn(sessions: Sessions<VisitorData>): Promise<Visitor> {
  const visitor = new Visitor(sessions)
  await visitor.visit((session) => {
    session.userId = 'ann'
    session.count = 1
  })
  return visitor
}

describe.each([false, true])('with hideUser %s', (hideUser) => {
  test('what an older key encrypted is read, and written with the newest', async () => {
    const inner = new MemorySessionStore()
    const old = await logIn(appWith(inner, { keys: OLD_KEY, hideUser }))
    const rotated = old.twin(appWith(inner, { keys: [KEY, OLD_KEY], hideUser }))
    await rotated.visit((session) => {
      expect(session.userId).toBe('ann')
      session.count = 2
    })
    const after = rotated.twin(appWith(inner, { keys: KEY, hideUser }))
    expect(await after.visit((session) => session.toJSON())).toEqual({ userId: 'ann', count: 2 })
  })

  test('a key taken out ends what only it opens: a miss that is told as corrupt, not an error', async () => {
    const inner = new MemorySessionStore()
    const old = await logIn(appWith(inner, { keys: OLD_KEY, hideUser }))
    const missed: MissReason[] = []
    const after = old.twin(appWith(inner, { keys: KEY, hideUser }, missed))
    expect(await after.visit((session) => session.toJSON())).toEqual({})
    expect(missed).toEqual(['corrupt'])
  })

  test('a user is found, and logged out everywhere, under every key in use', async () => {
    const inner = new MemorySessionStore()
    const visitors = [
      await logIn(appWith(inner, { keys: OLD_KEY, hideUser })),
      await logIn(appWith(inner, { keys: [KEY, OLD_KEY], hideUser })),
    ]
    const sessions = appWith(inner, { keys: [KEY, OLD_KEY], hideUser })
    const listed = await sessions.user('ann').list()
    expect(listed.map(({ data }) => data)).toEqual([
      { userId: 'ann', count: 1 },
      { userId: 'ann', count: 1 },
    ])
    expect(await sessions.user('ann').revoke()).toBe(2)
    for (const visitor of visitors) {
      expect(await visitor.twin(sessions).visit((session) => session.toJSON())).toEqual({})
    }
  })
})

describe.each([false, true])('in a rolling deployment in two steps, with hideUser %s,', (hideUser) => {
  const before: EncryptionOptions = { keys: OLD_KEY, hideUser }
  const first: EncryptionOptions = { keys: [OLD_KEY, KEY], hideUser }
  const second: EncryptionOptions = { keys: [KEY, OLD_KEY], hideUser }

  test.each([
    ['the first', before, first],
    ['the second', first, second],
  ])('%s: what one process writes every other reads, and revokes [P7]', async (_step, older, newer) => {
    const inner = new MemorySessionStore()
    const processes = [older, newer].map((options) => appWith(inner, options))
    for (const writer of processes) {
      for (const reader of processes) {
        const visitor = await logIn(writer)
        expect(await visitor.twin(reader).visit((session) => session.count)).toBe(1)
        expect(await reader.user('ann').revoke()).toBe(1)
        expect(await visitor.visit((session) => session.count)).toBeUndefined()
      }
    }
  })

  test('the new key in front at once: what it wrote is no session where it is not known yet', async () => {
    const inner = new MemorySessionStore()
    const visitor = await logIn(appWith(inner, second))
    const missed: MissReason[] = []
    const elsewhere = visitor.twin(appWith(inner, before, missed))
    expect(await elsewhere.visit((session) => session.toJSON())).toEqual({})
    expect(missed).toEqual(['corrupt'])
  })
})

describe('hideUser', () => {
  test.each([
    ['old to new', [KEY, OLD_KEY]],
    ['new to old', [OLD_KEY, KEY]],
  ] as const)(
    'revokes a session that gets a new id meanwhile, and by it goes from the label of the key %s [P4]',
    async (_way, keys) => {
      const inner = new MemorySessionStore()
      const elsewhere = appWith(inner, { keys, hideUser: true })
      const moving = (await logIn(appWith(inner, { keys: keys[1], hideUser: true }))).twin(elsewhere)
      // After the first label was looked for, and before the next is, the session goes over.
      let last: Promise<unknown> = Promise.resolve()
      let looks = 0
      const destroyByUser = (label: string): Promise<number> => {
        const look = last.then(async () => {
          const destroyed = inner.destroyByUser(label)
          if (looks++ === 0) await moving.visit((session) => session.regenerate({ keep: true }))
          return destroyed
        })
        last = look
        return look
      }
      const get = inner.get.bind(inner)
      const store: SessionStore = {
        get,
        set: inner.set.bind(inner),
        destroy: inner.destroy.bind(inner),
        destroyByUser,
      }
      const sessions = appWith(store, { keys: [KEY, OLD_KEY], hideUser: true })
      expect(await sessions.user('ann').revoke()).toBe(1)
      expect(await moving.visit((session) => session.toJSON())).toEqual({})
    },
  )

  test('with one key given twice lists each session once, and asks the store once', async () => {
    const inner = new MemorySessionStore()
    const sessions = appWith(inner, { keys: [KEY, OLD_KEY, KEY], hideUser: true })
    await logIn(sessions)
    const listed = vi.spyOn(inner, 'listByUser')
    const twice = appWith(inner, { keys: [KEY, KEY], hideUser: true })
    expect(await sessions.user('ann').list()).toHaveLength(1)
    listed.mockClear()
    expect(await twice.user('ann').list()).toHaveLength(1)
    expect(listed).toHaveBeenCalledOnce()
  })

  test('keeps the user id out of the store, under a label that is the same for each session', async () => {
    const inner = new MemorySessionStore()
    const store = encrypted(inner, { keys: KEY, hideUser: true })
    const records = [newRecord({ user: 'ann@example.com' }), newRecord({ user: 'ann@example.com' })]
    for (const record of records) await store.set(record.id, record, TTL)
    const labels = records.map(({ id }) => inner.get(id)?.user)
    expect(labels[0]).toMatch(/^[\w-]{43}$/)
    expect(labels[1]).toBe(labels[0])
    expect(JSON.stringify(records.map(({ id }) => inner.get(id)))).not.toContain('ann@')
    expect(await store.listByUser?.('ann@example.com')).toHaveLength(2)
  })

  test('gives users whom UTF-8 cannot tell apart labels of their own', async () => {
    const inner = new MemorySessionStore()
    const store = encrypted(inner, { keys: KEY, hideUser: true })
    const records = ['\ud800', '\ud801', '\ufffd'].map((user) => newRecord({ user }))
    for (const record of records) await store.set(record.id, record, TTL)
    for (const record of records) expect(await store.listByUser?.(record.user ?? '')).toEqual([record])
  })

  test.each([
    [false, true],
    [true, false],
  ])(
    'changed from %s to %s ends the sessions that a revocation would no longer find',
    async (before, after) => {
      const inner = new MemorySessionStore()
      const visitor = await logIn(appWith(inner, { keys: KEY, hideUser: before }))
      const missed: MissReason[] = []
      const later = visitor.twin(appWith(inner, { keys: KEY, hideUser: after }, missed))
      expect(await later.visit((session) => session.toJSON())).toEqual({})
      expect(missed).toEqual(['corrupt'])
    },
  )
})
