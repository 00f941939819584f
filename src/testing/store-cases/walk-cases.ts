import type { SessionRecord } from '../../core/record.ts'
import { assert, assertEqual } from '../assert.ts'
import { DAY, newRecord, newUser } from '../sample-records.ts'
import { BRIEF_TTL, SHORT_TTL, type StoreCase, type StoreWith, storeCase } from '../store-case.ts'

/** Far more pages than any walk here needs: past it, it would never end. */
const MAX_PAGES = 5_000

/** The clauses of entries and count. */
export const walkCases: readonly StoreCase[] = [
  storeCase('store/walk-empty', 'a walk over an empty store ends', ['entries'], async ({ store }) => {
    assertEqual(await walk(store, 10), [], 'the records')
  }),

  storeCase('store/walk', 'a walk gives every record, whole', ['entries'], async ({ store, other }) => {
    const records = await write(store, 250)
    for (const limit of [undefined, 1_000, 10]) {
      assertEqual(distinct(await walk(other, limit)), sorted(records), `the records, with limit ${limit}`)
    }
  }),

  storeCase('store/walk-pages', 'a page holds about `limit` records', ['entries'], async ({ store }) => {
    await write(store, 400)
    await walk(store, 10, (page) => {
      assert(page.length <= 100, `With limit 10 a page held ${page.length} records of 400.`)
    })
    await walk(store, undefined, (page) => {
      assert(page.length <= 300, `With the default limit a page held ${page.length} records of 400.`)
    })
  }),

  storeCase('store/walk-live-only', 'a walk gives no dead record', ['entries'], async ({ store, pass }) => {
    const [kept, destroyed, expired] = [newRecord(), newRecord(), newRecord()]
    await store.set(kept.id, kept, { ttl: DAY })
    await store.set(destroyed.id, destroyed, { ttl: DAY })
    await store.set(expired.id, expired, { ttl: SHORT_TTL })
    await store.destroy(destroyed.id)
    await pass(SHORT_TTL)
    assertEqual(distinct(await walk(store, 10)), [kept], 'the records')
  }),

  storeCase(
    'store/walk-while-writing',
    'a record that lives through a walk is given, whatever is written',
    ['entries'],
    async (context) => {
      const { store, other } = context
      const records = await write(store, 400)
      const lasting = records.filter((_, index) => index % 2 === 0)
      const doomed = records.filter((_, index) => index % 2 === 1)
      const seen = new Set<string>()
      await walk(store, 10, async (page) => {
        for (const { id } of page) seen.add(id)
        await write(other, 3)
        for (const { id } of doomed.splice(0, 5)) await other.destroy(id)
        // Written over, used and extended, but never gone: they must not slip past the cursor, whichever way it goes.
        for (const [index, record] of lasting.slice(seen.size % 100, (seen.size % 100) + 6).entries()) {
          const [times, ttl] = usedLater(record, index % 2 ? DAY : -DAY / 2)
          if (index < 4) await other.set(record.id, { ...record, ...times, data: '{"again":true}' }, { ttl })
          else await other.touch?.(record.id, { ...times, ttl })
        }
      })
      assertEqual(
        lasting.filter(({ id }) => !seen.has(id)).length,
        0,
        'how many lasting records the walk missed',
      )
    },
  ),

  storeCase('store/count', 'count gives the number of live records', ['count'], async ({ store, pass }) => {
    assertEqual(await store.count(), 0, 'the count of an empty store')
    const [record = newRecord()] = await write(store, 20)
    const expired = newRecord()
    await store.set(expired.id, expired, { ttl: BRIEF_TTL })
    await store.set(record.id, record, { ttl: DAY })
    assertEqual(await store.count(), 21, 'the count')
    await store.destroy(record.id)
    await pass(BRIEF_TTL)
    assertEqual(await store.count(), 19, 'the count without a destroyed and an expired one')
  }),
]

/** Walks to the end, calling `visit` with each page. */
async function walk(
  store: StoreWith<'entries'>,
  limit: number | undefined,
  visit: (page: SessionRecord[]) => void | Promise<void> = () => {},
): Promise<SessionRecord[]> {
  const all: SessionRecord[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const options = { ...(cursor !== undefined && { cursor }), ...(limit !== undefined && { limit }) }
    const page = await store.entries(options)
    all.push(...page.records)
    await visit(page.records)
    cursor = page.cursor
    if (cursor === undefined) return all
  }
  assert(false, `The walk did not end within ${MAX_PAGES} pages.`)
  return all
}

async function write(store: StoreWith<never>, count: number): Promise<SessionRecord[]> {
  const records = Array.from({ length: count }, (_, index) => newRecord(index % 2 ? { user: newUser() } : {}))
  await Promise.all(records.map(async (record) => store.set(record.id, record, { ttl: DAY })))
  return records
}

/** Gives the times and the ttl of a record that is used so much later, or sooner, by a clock that is behind. */
function usedLater(
  { touchedAt, expiresAt }: SessionRecord,
  later: number,
): [times: Pick<SessionRecord, 'touchedAt' | 'expiresAt'>, ttl: number] {
  return [{ touchedAt: touchedAt + later, expiresAt: expiresAt + later }, DAY + later]
}

/** Leaves out what was given twice, which a walk may. */
function distinct(records: SessionRecord[]): SessionRecord[] {
  return sorted([...new Map(records.map((record) => [record.id, record])).values()])
}

function sorted(records: SessionRecord[]): SessionRecord[] {
  return records.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
