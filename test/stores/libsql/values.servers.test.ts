import { createClient } from '@libsql/client'
import { createClient as createWebClient } from '@libsql/client/web'
import { describe, test } from 'vitest'
import { LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { recordsComeBack } from '../sql/records-come-back.ts'
import { serveSqld } from './served.ts'

const server = serveSqld()

describe.each(['number', 'bigint', 'string'] as const)(
  'records come back as they were, whole numbers as %s,',
  (intMode) => {
    test.each([
      ['over HTTP', () => createWebClient({ url: server().url('http'), intMode })],
      ['over WebSockets', () => createClient({ url: server().url('ws'), intMode })],
      ['in memory', () => createClient({ url: ':memory:', intMode })],
      [
        'in memory that connections share',
        () => createClient({ url: 'file::memory:?cache=shared', intMode }),
      ],
    ])('%s', async (way, open) => {
      const client = open()
      const store = new LibsqlSessionStore(client, { table: `${intMode}_${way.replaceAll(' ', '_')}` })
      await store.migrate()
      await recordsComeBack(store)
      client.close()
    })
  },
)
