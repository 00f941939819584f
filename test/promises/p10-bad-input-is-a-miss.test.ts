import { describe, expect, test } from 'vitest'
import { Browser } from '../engine/browser.ts'
import { EventLog } from '../engine/event-log.ts'
import { MapStore } from '../engine/map-store.ts'
import { start, startLater, startOn } from '../engine/start.ts'

interface Data {
  userId: string
  a: number
}

type Started = Pick<ReturnType<typeof start<Data>>, 'browser' | 'sessions' | 'clock'>

/** Makes a request with a cookie header and tells what became of it. */
async function send({ sessions }: Pick<Started, 'sessions'>, header: string | null | undefined) {
  const log = new EventLog(sessions)
  const passage = await sessions.open(header)
  const { session } = passage
  const seen = { data: session.toJSON(), isNew: session.isNew, keys: Object.keys(session) }
  const effects = await passage.commit()
  return { seen, told: log.told, setCookie: effects?.setCookie ?? null }
}

const EMPTY = { data: {}, isNew: true, keys: [] }

describe('a request whose cookie is no valid ticket has an empty session', () => {
  const good = `${'A'.repeat(42)}E`
  const malformed: ReadonlyArray<[string, string]> = [
    ['nothing', ''],
    ['a word', 'hello'],
    ['a token without a signature', good],
    ['a token with an empty signature', `${good}.`],
    ['a signature without a token', `.${good}`],
    ['only a dot', '.'],
    ['three parts', `${good}.${good}.${good}`],
    ['another separator', `${good}:${good}`],
    ['quotes around it', `"${good}.${good}"`],
    ['percent signs', `%41${good.slice(3)}.${good}`],
    ['a last character nobody writes', `${good.slice(0, 42)}B.${good}`],
    ['letters beyond ASCII', `${'é'.repeat(43)}.${good}`],
    ['a lone surrogate', `${'\ud800'.repeat(43)}.${good}`],
    ['a broken percent sequence', '%E0%A4%A'],
    ['a null byte', `\0${good.slice(1)}.${good}`],
    ['1 MB', 'A'.repeat(1_000_000)],
  ]
  test.each(malformed)('and is told as malformed: %s [P10] [A05] [A08]', async (_name, value) => {
    const started = start<Data>()
    const { seen, told, setCookie } = await send(started, `${started.sessions.cookieName}=${value}`)
    expect(seen).toEqual(EMPTY)
    expect(told).toEqual(['missed: malformed'])
    expect(setCookie).toBeNull()
  })

  test.each([null, undefined, '', 'theme=dark', 'sid', ';;;', '=x', 'sid ; sid', 'xsid=1; sidx=1'])(
    'and tells nothing when there is none of our name: %j [P10]',
    async (header) => {
      const { seen, told, setCookie } = await send(start<Data>(), header)
      expect(seen).toEqual(EMPTY)
      expect(told).toEqual([])
      expect(setCookie).toBeNull()
    },
  )

  test('and is told as forged when none of our keys signed it [P10] [A06]', async () => {
    const started = start<Data>()
    const elsewhere = start<Data>({ secret: 'another-secret-0123456789-abcdefghijk' })
    await elsewhere.browser.request((session) => session.set('userId', 'admin'))
    const { seen, told } = await send(started, elsewhere.browser.cookie)
    expect(seen).toEqual(EMPTY)
    expect(told).toEqual(['missed: forged'])
  })

  test('and is told as forged when it has the signature of a ticket that is known [P10] [A05]', async () => {
    const started = start<Data>()
    await started.browser.request((session) => session.set('userId', 'ann'))
    expect(await started.browser.look()).toEqual({ userId: 'ann' })
    const signature = started.browser.ticket?.slice(43)
    const { seen, told } = await send(started, `${started.sessions.cookieName}=${'A'.repeat(43)}${signature}`)
    expect(seen).toEqual(EMPTY)
    expect(told).toEqual(['missed: forged'])
  })

  test('and is told as unknown when no such session is there [P10] [C02]', async () => {
    const started = start<Data>()
    await started.browser.request((session) => session.set('a', 1))
    started.memory.destroy((await started.browser.arrive()).session.id)
    const { seen, told } = await send(started, started.browser.cookie)
    expect(seen).toEqual(EMPTY)
    expect(told).toEqual(['missed: unknown'])
  })

  test('and is told as expired when it has timed out [P10]', async () => {
    const started = startOn<Data, MapStore>(() => new MapStore())
    await started.browser.request((session) => session.set('a', 1))
    started.clock.advance('25h')
    const { seen, told } = await send(started, started.browser.cookie)
    expect(seen).toEqual(EMPTY)
    expect(told).toEqual(['expired: idle'])
  })

  test('and never adopts the id it brought: what is written gets a new one [P10] [C03]', async () => {
    const started = start<Data>()
    await started.browser.request((session) => session.set('a', 1))
    const brought = started.browser.ticket
    const { id } = (await started.browser.arrive()).session
    started.memory.destroy(id)
    await started.browser.request((session) => session.set('a', 2))
    expect(started.browser.ticket).not.toBe(brought)
    expect(started.memory.get(id)).toBeNull()
    expect(started.memory.count()).toBe(1)
  })
})

describe('among several cookies of our name', () => {
  async function twoVisitors() {
    const started = startLater<Data>()
    const ann = started.browser
    const bob = new Browser<Data>(started.sessions)
    await ann.request((session) => session.set('userId', 'ann'))
    await bob.request((session) => session.set('userId', 'bob'))
    return { ...started, name: started.sessions.cookieName, ann: ann.cookie ?? '', bob: bob.cookie ?? '' }
  }

  test('exactly one valid ticket counts, wherever it stands [P10] [A02] [C21]', async () => {
    const started = await twoVisitors()
    const { name, ann } = started
    const forged = `${name}=${'A'.repeat(43)}.${'A'.repeat(43)}`
    for (const header of [
      `${name}=x; ${ann}`,
      `${ann}; ${name}=x`,
      `${forged}; ${ann}`,
      `${ann}; ${forged}`,
      `${name}=; ${forged}; ${ann}; ${name}=y; theme=dark`,
      `theme=dark;${ann};lang=en`,
    ]) {
      const { seen, told } = await send(started, header)
      expect(seen.data).toEqual({ userId: 'ann' })
      expect(told).toEqual(['loaded'])
    }
  })

  test('the same valid ticket twice is one [P10] [A02]', async () => {
    const started = await twoVisitors()
    expect((await send(started, `${started.ann}; ${started.ann}`)).seen.data).toEqual({ userId: 'ann' })
  })

  test('two different valid ones count as none, in either order, and are told as ambiguous [P10] [A02]', async () => {
    const started = await twoVisitors()
    for (const header of [`${started.ann}; ${started.bob}`, `${started.bob}; ${started.ann}`]) {
      const { seen, told } = await send(started, header)
      expect(seen).toEqual(EMPTY)
      expect(told).toEqual(['missed: ambiguous'])
    }
  })

  test('two different valid ones count as none also when one of the sessions has ended [P10] [A02]', async () => {
    const started = await twoVisitors()
    await started.browser.copy().request((session) => session.destroy())
    expect((await send(started, `${started.ann}; ${started.bob}`)).seen).toEqual(EMPTY)
  })
})

describe('what a store holds that is no session is a miss', () => {
  const DEEP = 100_000
  const contents: ReadonlyArray<[string, string]> = [
    ['no JSON', 'not json'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['a number', '1'],
    ['true', 'true'],
    ['JSON with a byte order mark', '\ufeff{"a":1}'],
    ['JSON with something after it', '{"a":1}{"userId":"admin"}'],
    ['JSON cut short', '{"a":1'],
    ['deep nesting', `{"a":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`],
    ['deep nesting under __proto__', `{"__proto__":${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}}`],
    ['1 MB', `{"a":"${'x'.repeat(1_000_000)}"}`],
  ]
  test.each(contents)('and is told as corrupt: data of %s [P10] [A29]', async (_name, data) => {
    const started = startOn<Data, MapStore>(() => new MapStore())
    await started.browser.request((session) => session.set('a', 1))
    for (const [id, text] of started.store.records) {
      started.store.records.set(id, JSON.stringify({ ...JSON.parse(text), data }))
    }
    const { seen, told, setCookie } = await send(started, started.browser.cookie)
    expect(seen).toEqual(EMPTY)
    expect(told.filter((name) => name !== 'loaded')).toEqual(['missed: corrupt'])
    expect(setCookie).toBeNull()
    // And the visitor can go on: with a session of his own, under another id.
    const { ticket } = started.browser
    await started.browser.request((session) => session.set('a', 2))
    expect(started.browser.ticket).not.toBe(ticket)
    expect(await started.browser.look()).toEqual({ a: 2 })
  })

  const records: ReadonlyArray<[string, (record: object) => unknown]> = [
    ['a text', () => 'x'],
    ['a number', () => 1],
    ['true', () => true],
    ['a list', () => []],
    ['an empty object', () => ({})],
    ['a list around it', (record) => [record]],
    ['data as an object', (record) => ({ ...record, data: { a: 1 } })],
    ['no data', (record) => ({ ...record, data: undefined })],
    ['a revision as text', (record) => ({ ...record, revision: '1' })],
    ['a fractional revision', (record) => ({ ...record, revision: 1.5 })],
    ['a negative revision', (record) => ({ ...record, revision: -1 })],
    ['a revision that is no number', (record) => ({ ...record, revision: Number.NaN })],
  ]
  test.each(records)('and is told as corrupt: a record of %s [P10] [A29]', async (_name, spoil) => {
    const started = startOn<Data, MapStore>(() => new MapStore())
    await started.browser.request((session) => session.set('a', 1))
    for (const [id, text] of started.store.records) {
      started.store.records.set(id, JSON.stringify(spoil(JSON.parse(text))))
    }
    const { seen, told } = await send(started, started.browser.cookie)
    expect(seen).toEqual(EMPTY)
    expect(told).toEqual(['missed: corrupt'])
  })

  test('and is told as invalid: data the schema refuses [P10]', async () => {
    const started = start<Data>()
    await started.browser.request((session) => session.set('a', 1))
    const strict = start<Data>({
      store: started.memory,
      schema: {
        '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) },
      },
    })
    const { seen, told } = await send(strict, started.browser.cookie)
    expect(seen).toEqual(EMPTY)
    expect(told).toEqual(['missed: invalid'])
  })
})
