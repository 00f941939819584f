import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import type { Session } from '../../src/core/session.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { MapStore } from '../engine/map-store.ts'
import { start, startFaulty, startOn } from '../engine/start.ts'

interface Data {
  userId: string | number
  device: string
}

/** Ann on three devices, a minute apart, and bob on one. */
async function people() {
  const started = start<Data>()
  const browsers = new Map<string, Browser<Data>>()
  for (const [userId, device] of [
    ['ann', 'phone'],
    ['bob', 'desk'],
    ['ann', 'tablet'],
    ['ann', 'desk'],
  ] as const) {
    const browser = new Browser(started.sessions)
    await browser.request((session) => {
      session.userId = userId
      session.device = device
    })
    browsers.set(`${userId} ${device}`, browser)
    started.clock.advance('1m')
  }
  const get = (name: string): Browser<Data> => {
    const browser = browsers.get(name)
    if (browser === undefined) throw new Error(`nobody is ${name}`)
    return browser
  }
  const alive = async (): Promise<string[]> => {
    const names: string[] = []
    for (const [name, browser] of browsers) if ('userId' in (await browser.look())) names.push(name)
    return names
  }
  return { ...started, get, alive }
}

describe('a user who ends all sessions but the one in hand', () => {
  const WAYS: ReadonlyArray<[string, (session: Session<Data>) => unknown]> = [
    ['as it is', (session) => session.device],
    ['before a new id is saved', (session) => session.regenerate({ keep: true })],
    ['after a new id is saved', (session) => session.regenerate({ keep: true }).then(() => session.save())],
    ['with a write that is not saved', (session) => session.set('device', 'new')],
  ]
  test.each(WAYS)('keeps that one, %s, and no other [C41] [P4]', async (_when, prepare) => {
    const { sessions, get, alive } = await people()
    await get('ann desk').request(async (session) => {
      await prepare(session)
      expect(await sessions.user('ann').revoke({ except: session })).toBe(2)
    })
    expect(await alive()).toEqual(['bob desk', 'ann desk'])
  })

  test('in a request that signs in keeps what it signs in', async () => {
    const { sessions, alive } = await people()
    const fresh = new Browser(sessions)
    await fresh.request(async (session) => {
      session.userId = 'ann'
      expect(await sessions.user('ann').revoke({ except: session })).toBe(3)
    })
    expect(await alive()).toEqual(['bob desk'])
    expect(await fresh.look()).toEqual({ userId: 'ann' })
  })
})

test('one of the list is a session to leave alive, too', async () => {
  const { sessions, alive } = await people()
  const [newest] = await sessions.user('ann').list()
  expect(await sessions.user('ann').revoke(newest === undefined ? {} : { except: newest })).toBe(2)
  expect(await alive()).toEqual(['bob desk', 'ann desk'])
})

describe('the sessions of a user', () => {
  test('are listed newest first, with id, times and data, and nothing that opens them [C41]', async () => {
    const { sessions, clock, get } = await people()
    const list = await sessions.user('ann').list()
    expect(list.map(({ data }) => data)).toEqual([
      { userId: 'ann', device: 'desk' },
      { userId: 'ann', device: 'tablet' },
      { userId: 'ann', device: 'phone' },
    ])
    const [newest] = list
    expect(newest?.id).toBe((await get('ann desk').arrive()).session.id)
    expect(Object.keys(newest ?? {}).sort()).toEqual(['createdAt', 'data', 'expiresAt', 'id', 'touchedAt'])
    expect(newest).toMatchObject({ createdAt: clock.now() - 60_000, touchedAt: clock.now() - 60_000 })
    const text = JSON.stringify(list)
    for (const name of ['ann desk', 'ann phone']) expect(text).not.toContain(get(name).ticket?.split('.')[0])
  })

  test('are listed without those that have timed out [P8]', async () => {
    const { sessions, clock, get } = await people()
    clock.advance('23h')
    await get('ann phone').request((session) => session.device)
    clock.advance('2h')
    expect((await sessions.user('ann').list()).map(({ data }) => data.device)).toEqual(['phone'])
  })

  test('are found by a number as by its text', async () => {
    const { browser, sessions } = start<Data>()
    await browser.request((session) => session.set('userId', 7))
    expect(await sessions.user(7).list()).toHaveLength(1)
    expect(await sessions.user('7').list()).toHaveLength(1)
  })

  test('end all at once by revoke(), and those of others do not [C41] [P4]', async () => {
    const { sessions, alive } = await people()
    const log = new EventLog(sessions)
    expect(await sessions.user('ann').revoke()).toBe(3)
    expect(log.entries).toEqual([{ name: 'revoked', event: { user: 'ann', count: 3 } }])
    expect(await alive()).toEqual(['bob desk'])
    expect(await sessions.user('ann').revoke()).toBe(0)
  })

  test('end all but one by revoke({ except }) [C41]', async () => {
    const { sessions, alive, get } = await people()
    const except = (await get('ann tablet').arrive()).session.id
    expect(await sessions.user('ann').revoke({ except })).toBe(2)
    expect(await alive()).toEqual(['bob desk', 'ann tablet'])
  })

  test('end whose exception is somebody else’s all the same', async () => {
    const { sessions, alive, get } = await people()
    const except = (await get('bob desk').arrive()).session.id
    expect(await sessions.user('ann').revoke({ except })).toBe(3)
    expect(await alive()).toEqual(['bob desk'])
  })

  test('one by one by revoke(id) [C41]', async () => {
    const { sessions, alive, get } = await people()
    await sessions.revoke((await get('ann phone').arrive()).session.id)
    expect(await alive()).toEqual(['bob desk', 'ann tablet', 'ann desk'])
  })

  test('are none for a user nobody is', async () => {
    const { sessions } = await people()
    for (const user of ['an', 'ann ', 'ANN', '*', '__proto__', 'constructor']) {
      expect(await sessions.user(user).list()).toEqual([])
      expect(await sessions.user(user).revoke()).toBe(0)
    }
  })
})

describe('asking for the sessions of nobody', () => {
  test.each(['', undefined, null, {}, ['ann'], true])('by %j is refused', (id) => {
    const { sessions } = start<Data>()
    expect(() => Reflect.apply(sessions.user, sessions, [id])).toThrow(
      expect.objectContaining({ name: 'ConfigError', code: 'ERR_CONFIG_INVALID' }),
    )
  })
})

describe('a store', () => {
  test('that keeps no index of users is told by name and ability', async () => {
    const { sessions } = startOn<Data, MapStore>(() => new MapStore())
    const refused = { name: 'ConfigError', code: 'ERR_STORE_UNSUPPORTED' }
    await expect(sessions.user('ann').list()).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/^MapStore .*listByUser/),
    })
    await expect(sessions.user('ann').revoke()).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/^MapStore .*destroyByUser/),
    })
  })

  test('that gives records of somebody else, or no records at all, has them left out [A29]', async () => {
    const { browser, sessions } = startOn<Data, SessionStore>((memory) => {
      const listByUser = (): SessionRecord[] => {
        const [record] = memory.entries().records
        if (record === undefined) throw new Error('no record')
        const broken: SessionRecord[] = JSON.parse('[null, {}, "x"]')
        return [record, { ...record, user: 'bob' }, { ...record, data: 'no json' }, ...broken]
      }
      return new Proxy(memory, {
        get(target, key) {
          if (key === 'listByUser') return listByUser
          const member: unknown = Reflect.get(target, key, target)
          return typeof member === 'function' ? member.bind(target) : member
        },
      })
    })
    await browser.request((session) => session.set('userId', 'ann'))
    const list = await sessions.user('ann').list()
    expect(list.map(({ data }) => data)).toEqual([{ userId: 'ann' }, {}])
  })

  test.each(['listByUser', 'destroyByUser'] as const)(
    'that fails in %s is a StoreError [P11]',
    async (operation) => {
      const { sessions, store } = startFaulty<Data>()
      store.fail(operation, { nth: 1 })
      const asking = operation === 'listByUser' ? sessions.user('ann').list() : sessions.user('ann').revoke()
      await expect(asking).rejects.toMatchObject({ name: 'StoreError', status: 503, operation })
    },
  )
})
