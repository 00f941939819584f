import { createClient } from '@libsql/client/web'
import { LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'

const LIFE = { ttl: 3_600_000 }

// Made while the module loads, where Workers allow neither I/O nor random numbers.
const early = new LibsqlSessionStore(createClient({ url: 'https://localhost' }), { table: 'of_a_worker' })

/** Keeps a session in the database whose URL is sent, and answers with what each step gave. */
export default {
  async fetch(request: Request): Promise<Response> {
    const client = createClient({ url: await request.text() })
    await client.executeMultiple(early.schema())
    const store = new LibsqlSessionStore(client, { table: 'of_a_worker' })
    const record = newRecord({ user: 'ann' })
    return Response.json({
      created: await store.create(record.id, record, LIFE),
      taken: await store.create(record.id, record, LIFE),
      replaced: await store.replace(record.id, { ...record, revision: 2 }, { ...LIFE, revision: 1 }),
      late: await store.replace(record.id, { ...record, revision: 2 }, { ...LIFE, revision: 1 }),
      revision: (await store.get(record.id))?.revision,
      revoked: await store.destroyByUser('ann'),
      left: await store.get(record.id),
    })
  },
}
