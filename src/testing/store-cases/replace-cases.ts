import { assertEqual } from '../assert.ts'
import { DAY, newId, newRecord, newUser } from '../sample-records.ts'
import { BRIEF_TTL, SHORT_TTL, type StoreCase, storeCase } from '../store-case.ts'

/** The clauses of replace. */
export const replaceCases: readonly StoreCase[] = [
  storeCase(
    'store/replace',
    'replace writes over the expected revision, whole',
    ['replace'],
    async ({ store }) => {
      const before = newRecord({ user: newUser(), revision: 3 })
      const after = newRecord({
        id: before.id,
        data: '{"after":1}',
        revision: 4,
        user: newUser(),
        createdAt: 5,
        touchedAt: 6,
      })
      await store.set(before.id, before, { ttl: DAY })
      assertEqual(await store.replace(before.id, after, { ttl: DAY, revision: 3 }), 'written', 'replace')
      assertEqual(await store.get(before.id), after, 'the record')
    },
  ),

  storeCase(
    'store/replace-conflict',
    'replace of another revision writes nothing',
    ['replace'],
    async ({ store, pass }) => {
      const record = newRecord({ revision: 3 })
      await store.set(record.id, record, { ttl: DAY })
      for (const revision of [2, 4, 0]) {
        const after = newRecord({ id: record.id, data: '{"lost":1}', revision: revision + 1 })
        assertEqual(
          await store.replace(record.id, after, { ttl: SHORT_TTL, revision }),
          'conflict',
          'replace',
        )
      }
      await pass(SHORT_TTL)
      assertEqual(await store.get(record.id), record, 'the record')
    },
  ),

  storeCase(
    'store/replace-big-revision',
    'revisions past 2^32 are told apart',
    ['replace'],
    async ({ store }) => {
      const revision = 2 ** 32 + 7
      const record = newRecord({ revision })
      const after = { ...record, data: '{"after":1}', revision: revision + 1 }
      await store.set(record.id, record, { ttl: DAY })
      assertEqual(
        await store.replace(record.id, after, { ttl: DAY, revision: 7 }),
        'conflict',
        'replace of 7',
      )
      assertEqual(
        await store.replace(record.id, after, { ttl: DAY, revision: revision + 1 }),
        'conflict',
        'replace of one more',
      )
      assertEqual(await store.replace(record.id, after, { ttl: DAY, revision }), 'written', 'replace')
      assertEqual(await store.get(record.id), after, 'the record')
    },
  ),

  storeCase(
    'store/replace-missing',
    'replace of a missing id writes nothing',
    ['replace'],
    async ({ store }) => {
      const record = newRecord()
      for (const revision of [0, 1]) {
        assertEqual(await store.replace(record.id, record, { ttl: DAY, revision }), 'missing', 'replace')
      }
      assertEqual(await store.get(record.id), null, 'get')
    },
  ),

  storeCase(
    'store/replace-destroyed',
    'replace never brings a destroyed record back [P4]',
    ['replace'],
    async ({ store, other }) => {
      const record = newRecord({ user: newUser() })
      await store.set(record.id, record, { ttl: DAY })
      await other.destroy(record.id)
      const outcome = await store.replace(record.id, { ...record, revision: 2 }, { ttl: DAY, revision: 1 })
      assertEqual(outcome, 'missing', 'replace')
      assertEqual(await store.get(record.id), null, 'get')
    },
  ),

  storeCase(
    'store/replace-expired',
    'replace never brings an expired record back [P4]',
    ['replace'],
    async ({ store, pass }) => {
      const record = newRecord({ user: newUser() })
      await store.set(record.id, record, { ttl: SHORT_TTL })
      await pass(SHORT_TTL)
      const outcome = await store.replace(record.id, { ...record, revision: 2 }, { ttl: DAY, revision: 1 })
      assertEqual(outcome, 'missing', 'replace')
      assertEqual(await store.get(record.id), null, 'get')
    },
  ),

  storeCase(
    'store/replace-moves-ttl',
    'replace counts the new ttl only',
    ['replace'],
    async ({ store, pass }) => {
      const [longer, shorter] = [newRecord(), newRecord()]
      await store.set(longer.id, longer, { ttl: BRIEF_TTL })
      await store.set(shorter.id, shorter, { ttl: DAY })
      await store.replace(longer.id, { ...longer, revision: 2 }, { ttl: DAY, revision: 1 })
      await store.replace(shorter.id, { ...shorter, revision: 2 }, { ttl: BRIEF_TTL, revision: 1 })
      await pass(BRIEF_TTL)
      assertEqual(await store.get(longer.id), { ...longer, revision: 2 }, 'the record made to last')
      assertEqual(await store.get(shorter.id), null, 'the record made to end')
    },
  ),

  storeCase(
    'store/expired-replace',
    'replace with a ttl of zero or less ends the record, at the right revision only',
    ['replace'],
    async ({ store }) => {
      for (const ttl of [0, -1, -DAY]) {
        const record = newRecord({ user: newUser(), revision: 3 })
        const after = { ...record, revision: 4 }
        await store.set(record.id, record, { ttl: DAY })
        assertEqual(
          await store.replace(record.id, after, { ttl, revision: 2 }),
          'conflict',
          'replace of another revision',
        )
        assertEqual(await store.get(record.id), record, 'the record after a conflict')
        assertEqual(await store.replace(record.id, after, { ttl, revision: 3 }), 'written', 'replace')
        assertEqual(await store.get(record.id), null, `get after replace with ttl ${ttl}`)
        assertEqual(
          await store.replace(record.id, after, { ttl, revision: 4 }),
          'missing',
          'replace once more',
        )
      }
      assertEqual(
        await store.replace(newId(), newRecord(), { ttl: 0, revision: 1 }),
        'missing',
        'replace of no record',
      )
    },
  ),

  storeCase(
    'store/parallel-replace',
    'of parallel replaces of one revision one is written',
    ['replace'],
    async (context) => {
      const { store, other } = context
      for (let round = 0; round < 5; round++) {
        const record = newRecord()
        await store.set(record.id, record, { ttl: DAY })
        const writes = Array.from({ length: 20 }, (_, index) => ({
          ...record,
          data: `{"n":${index}}`,
          revision: 2,
        }))
        const outcomes = await Promise.all(
          writes.map(async (write, index) =>
            (index % 2 ? store : other).replace(record.id, write, { ttl: DAY, revision: 1 }),
          ),
        )
        const written = writes.filter((_, index) => outcomes[index] === 'written')
        assertEqual(
          outcomes.filter((outcome) => outcome === 'conflict').length,
          19,
          'how many replaces conflicted',
        )
        assertEqual(written.length, 1, 'how many replaces were written')
        assertEqual(await store.get(record.id), written[0], 'the record')
      }
    },
  ),

  storeCase(
    'store/parallel-end',
    'of parallel replaces of one revision one is written, when some of them end the record too [P3] [P4]',
    ['replace'],
    async ({ store, other }) => {
      for (let round = 0; round < 5; round++) {
        const record = newRecord({ user: newUser() })
        await store.set(record.id, record, { ttl: DAY })
        const writes = Array.from({ length: 20 }, (_, index) => ({
          record: { ...record, data: `{"n":${index}}`, revision: 2 },
          // In turn: which comes first, and by which client, differs from round to round.
          ttl: (index + round) % 3 === 0 ? DAY : 0,
        }))
        const outcomes = await Promise.all(
          writes.map(async (write, index) =>
            (index % 2 ? store : other).replace(record.id, write.record, { ttl: write.ttl, revision: 1 }),
          ),
        )
        const written = writes.filter((_, index) => outcomes[index] === 'written')
        assertEqual(written.length, 1, 'how many replaces were written')
        const [first] = written
        assertEqual(await store.get(record.id), first?.ttl === DAY ? first.record : null, 'the record')
      }
    },
  ),
]
