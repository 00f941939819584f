import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { createClient as createServerlessClient } from '@tursodatabase/serverless/compat'
import type { LibsqlClient } from '../../../src/stores/libsql.ts'
import type { SqldServer } from '../../servers/sqld.ts'
import { temporaryFolder } from '../../servers/start-process.ts'

/** Clients of one database, for one test, each as a process of its own would have it. */
export interface OpenedClients {
  /** Makes one more. */
  next(): LibsqlClient
  /** Closes them all. */
  close(): void
}

// Of 20 that write at once, which is the default, the sqld of these tests forgets one's lock now and then, and all wait for 5 s.
const concurrency = 4

/** Each way to hand a client to the store. A test of types too: what the packages give is taken without a cast. */
export const clientKinds: readonly { name: string; open: (server: SqldServer) => OpenedClients }[] = [
  { name: 'HTTP', open: ({ url }) => kept(() => createClient({ url: url('http'), concurrency })) },
  { name: 'WebSockets', open: ({ url }) => kept(() => createClient({ url: url('ws'), concurrency })) },
  {
    name: "Turso's serverless driver",
    open: ({ url }) => kept(() => createServerlessClient({ url: url('http') })),
  },
  { name: 'a file', open: () => onOneFile() },
]

/** Opens clients of one new file. */
function onOneFile(): OpenedClients {
  const folder = temporaryFolder('libsql')
  const { next, close } = kept(() => createClient({ url: `file:${join(folder, 'app.db')}`, timeout: 2_000 }))
  return {
    next,
    close: () => {
      close()
      rmSync(folder, { recursive: true })
    },
  }
}

function kept(make: () => LibsqlClient & { close(): void }): OpenedClients {
  const all: { close(): void }[] = []
  return {
    next: () => {
      const client = make()
      all.push(client)
      return client
    },
    close: () => {
      for (const client of all) client.close()
    },
  }
}

/** Gives what a client can do, so that parts of it can be put in the place of its own. */
export function calling(client: LibsqlClient): LibsqlClient {
  return {
    protocol: client.protocol,
    execute: (statement) => client.execute(statement),
    batch: (statements, mode) => client.batch(statements, mode),
    executeMultiple: (sql) => client.executeMultiple(sql),
    sync: () => client.sync(),
  }
}
