import type { SessionRecord } from '../../core/record.ts'
import { assertEqual } from '../assert.ts'
import { DAY, newRecord, newUser } from '../sample-records.ts'
import { type StoreCase, type StoreWith, storeCase } from '../store-case.ts'

/** What another client has read is not what it goes by: each change of this one it sees at once. */
export const otherClientCases: readonly StoreCase[] = [
  storeCase(
    'store/other-client-replace',
    'another client that has read a record sees a replace at once [P3]',
    ['replace'],
    (context) =>
      bothWays(context, async (writer, reader, record) => {
        const after = { ...record, data: '{"changed":true}', revision: 2 }
        await writer.replace(record.id, after, { ttl: DAY, revision: 1 })
        assertEqual(await reader.get(record.id), after, 'the changed record, by the other client')
      }),
  ),

  storeCase(
    'store/other-client-end',
    'another client that has read a record sees a replace that ends it at once [P4] [P5]',
    ['replace'],
    (context) =>
      bothWays(context, async (writer, reader, record) => {
        await writer.replace(record.id, record, { ttl: 0, revision: 1 })
        assertEqual(await reader.get(record.id), null, 'get by the other client after a replace with ttl 0')
      }),
  ),

  storeCase(
    'store/other-client-revoke',
    'another client that has read a record sees the revoking of its user at once [P4]',
    ['destroyByUser'],
    (context) =>
      bothWays(context, async (writer, reader, record, user) => {
        await writer.destroyByUser(user)
        assertEqual(await reader.get(record.id), null, 'get by the other client after destroyByUser')
      }),
  ),
]

/** Makes a change by either client to a record that both have read. */
async function bothWays<S extends StoreWith<never>>(
  { store, other }: { store: S; other: S },
  change: (writer: S, reader: S, record: SessionRecord, user: string) => Promise<void>,
): Promise<void> {
  for (const [writer, reader] of [
    [store, other],
    [other, store],
  ] as const) {
    const user = newUser()
    const record = newRecord({ user })
    await writer.set(record.id, record, { ttl: DAY })
    for (const client of [writer, reader])
      assertEqual((await client.get(record.id))?.id, record.id, 'the id of the record, by either client')
    await change(writer, reader, record, user)
  }
}
