import { assertEqual } from '../assert.ts'
import { DAY, newId, newRecord } from '../sample-records.ts'
import { type CaseContext, type StoreCase, storeCase } from '../store-case.ts'

const KIB_64 = 65_536
const CODE_UNITS_PER_RECORD = 8_192

/** What a record may hold comes back to the letter. */
export const contentCases: readonly StoreCase[] = [
  storeCase(
    'store/data-raw',
    'data holds every character as JSON.stringify writes it',
    [],
    async (context) => {
      // Among them: lone surrogates (written as \ud800), U+2028, U+FEFF, U+FFFF, and pairs where two chunks join.
      for (const units of codeUnits()) await comesBack(context, JSON.stringify({ text: units }))
      await comesBack(
        context,
        JSON.stringify({ astral: '\u{1F9E5}\u{10FFFF}', combining: 'e\u0301', nul: '\0' }),
      )
    },
  ),

  storeCase('store/data-escaped', 'data holds every character as a \\u escape', [], async (context) => {
    for (const units of codeUnits()) {
      const escapes = units.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      await comesBack(context, `{"text":"${escapes.join('')}"}`)
    }
  }),

  storeCase(
    'store/data-verbatim',
    'data is text: spaces, key order and doubles stay',
    [],
    async (context) => {
      await comesBack(context, '{ "b" : 1.0,\n\t"a":2e3, "b":-0, "__proto__": {} }')
      await comesBack(context, `{"sql":"'; --","lua":"]]","path":"%s $1 {{x}} \\\\","html":"</script>"}`)
      for (const text of ['{}', '[]', 'null', '""', '0']) await comesBack(context, text)
    },
  ),

  storeCase(
    'store/data-64k',
    'data of 64 KiB comes back, also of three-byte characters',
    [],
    async (context) => {
      await comesBack(context, `"${'x'.repeat(KIB_64 - 2)}"`)
      await comesBack(context, `"${'\u20AC'.repeat((KIB_64 - 2) / 3)}"`)
    },
  ),

  storeCase(
    'store/data-not-json',
    'data is not parsed: text that is no JSON comes back too',
    [],
    async (context) => {
      await comesBack(context, '{"torn":')
    },
  ),

  storeCase(
    'store/big-numbers',
    'revisions past 2^32 and times past 2^41 come back',
    [],
    async ({ store }) => {
      const record = newRecord({
        revision: 2 ** 32 + 7,
        createdAt: 2 ** 41 + 1,
        touchedAt: 2 ** 42 + 3,
        expiresAt: 2 ** 43 + 5,
      })
      await store.set(record.id, record, { ttl: DAY })
      assertEqual(await store.get(record.id), record, 'the record')
    },
  ),

  storeCase('store/id-alphabet', 'ids may hold every base64url character anywhere', [], async (context) => {
    for (const id of [...'-_09azAZ'].map((first) => first + newId().slice(1)))
      await comesBack(context, '{}', id)
    await comesBack(context, '{}', 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopA')
    await comesBack(context, '{}', '-_0123456789qrstuvwxyz-_-_-_-_-_-_-_-_-_-_A')
  }),

  storeCase('store/id-case', 'ids that differ in case only are two', [], async ({ store }) => {
    const tail = newId().slice(1)
    const [upper, lower] = [
      newRecord({ id: `A${tail}`, data: '1' }),
      newRecord({ id: `a${tail}`, data: '2' }),
    ]
    await store.set(upper.id, upper, { ttl: DAY })
    assertEqual(await store.get(lower.id), null, 'the one not yet written')
    await store.set(lower.id, lower, { ttl: DAY })
    assertEqual(await store.get(upper.id), upper, 'the upper case one')
    await store.destroy(upper.id)
    assertEqual(await store.get(lower.id), lower, 'the lower case one')
  }),
]

async function comesBack({ store }: CaseContext<never>, data: string, id: string = newId()): Promise<void> {
  const record = newRecord({ id, data })
  await store.set(id, record, { ttl: DAY })
  assertEqual(await store.get(id), record, 'the record')
}

/** Gives all of U+0000 to U+FFFF, in pieces that fit a record of 64 KiB also when escaped. */
function codeUnits(): string[] {
  const pieces: string[] = []
  for (let from = 0; from <= 0xffff; from += CODE_UNITS_PER_RECORD) {
    pieces.push(
      String.fromCharCode(...Array.from({ length: CODE_UNITS_PER_RECORD }, (_, index) => from + index)),
    )
  }
  return pieces
}
