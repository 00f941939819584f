import type { SessionRecord } from '../../core/record.ts'
import { assertEqual } from '../assert.ts'
import { assertLists } from '../assert-lists.ts'
import { DAY, newRecord, newUser } from '../sample-records.ts'
import { type StoreCase, storeCase } from '../store-case.ts'

/** The clauses of listByUser. */
export const userCases: readonly StoreCase[] = [
  storeCase(
    'store/list',
    'listByUser gives the whole records of that user only',
    ['listByUser'],
    async ({ store, other }) => {
      const [user, stranger] = [newUser(), newUser()]
      const records = [
        newRecord({ user, data: '"a"' }),
        newRecord({ user, revision: 4 }),
        newRecord({ user }),
      ]
      for (const record of [...records, newRecord({ user: stranger }), newRecord()]) {
        await store.set(record.id, record, { ttl: DAY })
      }
      await assertLists(store, user, records)
      await assertLists(other, user, records)
    },
  ),

  storeCase(
    'store/list-none',
    'listByUser of an unknown user is empty',
    ['listByUser'],
    async ({ store }) => {
      await store.set(...anonymous())
      await assertLists(store, newUser(), [])
      await assertLists(store, 'undefined', [])
      await assertLists(store, 'null', [])
      await assertLists(store, '', [])
    },
  ),

  storeCase(
    'store/user-names',
    'users that look alike are different users',
    ['listByUser'],
    async ({ store }) => {
      const records = lookAlikes(newUser()).map((user) => newRecord({ user, data: JSON.stringify(user) }))
      for (const record of records) await store.set(record.id, record, { ttl: DAY })
      for (const record of records) {
        assertEqual(await store.get(record.id), record, 'the record')
        await assertLists(store, record.user ?? '', [record])
      }
    },
  ),
]

/** Names that collations, patterns, key formats and escaping confuse. */
function lookAlikes(user: string): string[] {
  const tails = [
    '',
    ' ',
    '  ',
    '%',
    '_',
    '*',
    '?',
    ':',
    ':1',
    '{}',
    '{1}',
    "'",
    '"',
    '`',
    '\\',
    '\n',
    '/',
    '../',
    ';--',
    '$1',
    '[a]',
    ',',
  ]
  const letters = [
    'Bob',
    'bob',
    'BOB',
    'b\u00F3b',
    'bo\u0301b',
    'stra\u00DFe',
    'strasse',
    '\u0131',
    'i',
    '\u{1F9E5}',
    '\u{1F9E4}',
    '\u4EBA',
  ]
  // A text that databases refuse, halves of characters that UTF-8 makes one of, and what every object has.
  const hostile = ['a\0b', 'a', '\uD800', '\uD801', '\uFFFD', '__proto__', 'constructor', 'toString']
  const long = ['x'.repeat(199), 'x'.repeat(200), '\u00E9'.repeat(200)]
  return [...tails.map((tail) => user + tail), ` ${user}`, ...letters, ...hostile, ...long]
}

function anonymous(): [string, SessionRecord, { ttl: number }] {
  const record = newRecord()
  return [record.id, record, { ttl: DAY }]
}
