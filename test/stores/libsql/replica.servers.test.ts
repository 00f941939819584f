import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { temporaryFolder } from '../../servers/start-process.ts'
import { calling } from './clients.ts'
import { serveSqld } from './served.ts'

const server = serveSqld()
let folder = ''
beforeAll(() => {
  folder = temporaryFolder('libsql-replica')
})
afterAll(() => rmSync(folder, { recursive: true }))

const refused = {
  name: 'ConfigError',
  code: 'ERR_STORE_UNSUPPORTED',
  message: expect.stringContaining('whose url is that syncUrl'),
}

test.each([
  ['that is asked to synchronize', {}],
  ['that does so every minute', { syncInterval: 60 }],
  ['that reads its own writes', { readYourWrites: true }],
])(
  'an embedded replica %s is refused at each use, and nothing is read or written [P4]',
  async (name, settings) => {
    const url = `file:${join(folder, `${name.replaceAll(' ', '-')}.db`)}`
    const client = createClient({ url, syncUrl: server().url('http'), ...settings })
    const store = new LibsqlSessionStore(client)
    const record = newRecord()
    await expect(store.migrate()).rejects.toMatchObject(refused)
    await expect(store.get(record.id)).rejects.toMatchObject(refused)
    await expect(store.create(record.id, record, { ttl: 1_000 })).rejects.toMatchObject(refused)
    const { rows } = await client.execute("SELECT name FROM sqlite_master WHERE name LIKE 'coatcheck%'")
    expect(rows).toEqual([])
    client.close()
  },
)

test.each([
  ['is none', new Error('sync is not supported'), null],
  ['is one', undefined, expect.objectContaining({ code: 'ERR_STORE_UNSUPPORTED' })],
])('what has told that it %s is not asked again', async (_what, answer, refusal) => {
  const client = createClient({ url: ':memory:' })
  await new LibsqlSessionStore(client).migrate()
  const sync = vi.fn(async () => {
    if (answer !== undefined) throw answer
  })
  const store = new LibsqlSessionStore({ ...calling(client), sync })
  for (let times = 0; times < 3; times++)
    expect(await store.get('any').catch((error: unknown) => error)).toEqual(refusal)
  expect(sync).toHaveBeenCalledTimes(1)
  client.close()
})

test('without its server, what may be a replica is not used [P4]', async () => {
  const client = createClient({ url: ':memory:' })
  const sync = async (): Promise<never> => {
    throw new Error('sync error: connection refused')
  }
  const store = new LibsqlSessionStore({ ...calling(client), sync })
  for (let times = 0; times < 2; times++) await expect(store.get('any')).rejects.toThrow('sync error')
  client.close()
})
