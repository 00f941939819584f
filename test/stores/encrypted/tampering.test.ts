import { beforeEach, describe, expect, test } from 'vitest'
import type { SessionRecord, SessionStore } from '../../../src/index.ts'
import { encrypted } from '../../../src/stores/encrypted.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { KEY } from './keys.ts'

const TTL = { ttl: 60_000 }
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

let inner: MemorySessionStore
let store: SessionStore

beforeEach(() => {
  inner = new MemorySessionStore()
  store = encrypted(inner, { keys: KEY })
})

/** What somebody sees who reads the store itself. */
function keptOf(id: string): SessionRecord {
  const kept = inner.get(id)
  if (kept === null) throw new Error('There is no such record.')
  return kept
}

/** Somebody who can write to the store puts another record there. */
async function opensAfter(id: string, change: Partial<SessionRecord>): Promise<boolean> {
  inner.set(id, { ...keptOf(id), ...change }, TTL)
  const found = await store.get(id)
  return found !== null && Number.isSafeInteger(found.revision)
}

async function written(changes: Partial<SessionRecord> = {}): Promise<SessionRecord> {
  const record = newRecord({ user: 'ann', data: '{"note":"only for us"}', ...changes })
  await store.set(record.id, record, TTL)
  return record
}

test('the store sees neither the data nor the key, and its own bookkeeping as it was [C64]', async () => {
  const record = await written()
  const kept = keptOf(record.id)
  expect(kept).toEqual({ ...record, data: expect.stringMatching(/^enc1\.[\w-]{8}\.[\w-]{16}\.[\w-]+$/) })
  expect(Buffer.from(kept.data, 'base64url').toString('latin1')).not.toContain('note')
  expect(kept.data).not.toContain(KEY)
})

describe('does not open [C64]', () => {
  // Of three lengths in a row, two leave bits in the last character that mean nothing.
  test.each(['""', '"1"', '"12"'])(
    'with any one character of the text changed, added or left out, the data being %s [A07]',
    async (plain) => {
      const record = await written({ data: plain })
      const { data } = keptOf(record.id)
      expect(await opensAfter(record.id, {})).toBe(true)
      for (let at = 0; at < data.length; at++) {
        for (const other of `${BASE64URL}.=+/ `) {
          if (other === data[at]) continue
          const changed = data.slice(0, at) + other + data.slice(at + 1)
          expect(await opensAfter(record.id, { data: changed })).toBe(false)
        }
        expect(await opensAfter(record.id, { data: data.slice(0, at) + data.slice(at + 1) })).toBe(false)
        expect(await opensAfter(record.id, { data: `${data.slice(0, at)}=${data.slice(at)}` })).toBe(false)
      }
    },
  )

  test('with any one bit of nonce, ciphertext or tag flipped', async () => {
    const record = await written()
    const parts = keptOf(record.id).data.split('.')
    for (const part of [2, 3]) {
      const bytes = Buffer.from(parts[part] ?? '', 'base64url')
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes)
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const data = parts.with(part, flipped.toString('base64url')).join('.')
        expect(await opensAfter(record.id, { data })).toBe(false)
      }
    }
  })

  test('with a tag cut short, to 4 to 15 bytes, or none [CVE-2025-47275]', async () => {
    const record = await written()
    const parts = keptOf(record.id).data.split('.')
    const body = Buffer.from(parts[3] ?? '', 'base64url')
    for (let cut = 1; cut <= body.length; cut++) {
      const data = parts.with(3, body.subarray(0, body.length - cut).toString('base64url')).join('.')
      expect(await opensAfter(record.id, { data })).toBe(false)
    }
  })

  test("with another session's ciphertext, both ways round", async () => {
    const [one, two] = [await written(), await written({ data: '{"admin":true}' })]
    const [dataOfOne, dataOfTwo] = [keptOf(one.id).data, keptOf(two.id).data]
    expect(await opensAfter(one.id, { data: dataOfTwo })).toBe(false)
    expect(await opensAfter(two.id, { data: dataOfOne })).toBe(false)
  })

  test("with another session's whole record", async () => {
    const [one, two] = [await written(), await written()]
    expect(await opensAfter(one.id, { ...keptOf(two.id), id: one.id })).toBe(false)
  })

  test('with the ciphertext of an older revision', async () => {
    const record = await written({ revision: 4 })
    const { data: older } = keptOf(record.id)
    await store.set(record.id, { ...record, data: '{"admin":false}', revision: 5 }, TTL)
    expect(await opensAfter(record.id, { data: older })).toBe(false)
    expect(await opensAfter(record.id, { data: older, revision: 4 })).toBe(true) // the whole record as it was
  })

  test.each<[string, Partial<SessionRecord>]>([
    ['made to look younger than it is', { createdAt: Date.now() + 1 }],
    ['given to another user', { user: 'eve' }],
    ['given to nobody', { user: undefined }],
  ] as [string, Partial<SessionRecord>][])('when %s', async (_what, change) => {
    const record = await written()
    expect(await opensAfter(record.id, change)).toBe(false)
  })

  test("when nobody's record is given to a user", async () => {
    const { user: _nobody, ...record } = newRecord()
    await store.set(record.id, record, TTL)
    expect(await opensAfter(record.id, { user: 'eve' })).toBe(false)
  })

  test.each([
    '{"userId":"admin"}',
    '',
    'enc1',
    'enc1...',
    'enc0.AAAAAAAA.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    `enc1.${'.'.repeat(100_000)}`,
  ])('when it was never encrypted: there is no way round [CVE-2026-39324] %#', async (data) => {
    const record = await written()
    expect(await opensAfter(record.id, { data })).toBe(false)
  })

  test('when it was encrypted with a key of somebody else', async () => {
    const record = newRecord()
    await encrypted(inner, { keys: 'not one of the keys in use here: 5c8f0e' }).set(record.id, record, TTL)
    expect(await opensAfter(record.id, {})).toBe(false)
  })
})

test('a touch leaves the ciphertext as it is, and the record opens with its new times', async () => {
  const record = await written()
  const before = keptOf(record.id).data
  const times = { touchedAt: record.touchedAt + 5, expiresAt: record.expiresAt + 5 }
  expect(await store.touch?.(record.id, { ...TTL, ...times })).toBe(true)
  expect(keptOf(record.id).data).toBe(before)
  expect(await store.get(record.id)).toEqual({ ...record, ...times })
})

test('10,000 writes of one session have 10,000 nonces [C64]', async () => {
  const record = newRecord()
  const nonces = new Set<string | undefined>()
  for (let write = 0; write < 10_000; write++) {
    await store.set(record.id, record, TTL)
    nonces.add(keptOf(record.id).data.split('.')[2])
  }
  expect(nonces.size).toBe(10_000)
})

test('one unreadable record keeps none of the others from being listed', async () => {
  const records = [await written(), await written(), await written()]
  const [first = newRecord(), ...others] = records
  inner.set(first.id, { ...keptOf(first.id), data: 'enc1.not.to.read' }, TTL)
  const byId = (a: SessionRecord, b: SessionRecord): number => (a.id < b.id ? -1 : 1)
  expect((await store.listByUser?.('ann'))?.toSorted(byId)).toEqual(others.toSorted(byId))
  const page = await store.entries?.()
  expect(page?.records.toSorted(byId)).toEqual(others.toSorted(byId))
  expect(await store.destroyByUser?.('ann')).toBe(3)
})

test.each([
  ['a number', '{"data":5}'],
  ['null', '{"data":null}'],
  ['an object that is no text', '{"data":{"toString":1,"valueOf":1}}'],
  ['a list of such', '{"data":[{"toString":1,"valueOf":1}]}'],
  ['the list of a text that opens', null],
])(
  'data that is %s does not open, and keeps none of the others from being listed [P10] [A29]',
  async (_what, json) => {
    const [kept, changed] = [await written(), await written()]
    const change = JSON.parse(json ?? JSON.stringify({ data: [keptOf(changed.id).data] }))
    const records: SessionRecord[] = [{ ...keptOf(changed.id), ...change }, keptOf(kept.id)]
    const under = encrypted(giving(records), { keys: KEY })
    expect(await under.get(changed.id)).toMatchObject({ data: '', revision: Number.NaN })
    expect(await under.listByUser?.('ann')).toEqual([kept])
    expect(await under.entries?.()).toEqual({ records: [kept] })
  },
)

test('a record without its id keeps none of the others from being listed [P10]', async () => {
  const [kept, changed] = [await written(), await written()]
  const nameless: SessionRecord = JSON.parse(JSON.stringify({ ...keptOf(changed.id), id: undefined }))
  const under = encrypted(giving([nameless, keptOf(kept.id)]), { keys: KEY })
  expect(await under.listByUser?.('ann')).toEqual([kept])
  expect(await under.entries?.()).toEqual({ records: [kept] })
})

/** A store that gives these records, whatever they are. */
function giving(records: SessionRecord[]): SessionStore {
  return {
    get: (id) => records.find((record) => record.id === id) ?? null,
    set: () => {},
    destroy: () => {},
    listByUser: () => records,
    entries: () => ({ records }),
  }
}
