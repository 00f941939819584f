import { createClient } from '@libsql/client/web'
import { LibsqlSessionStore } from '../../../src/stores/libsql.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { startTcpProxy } from '../../servers/tcp-proxy.ts'

const LIFE = { ttl: 3_600_000 }

const proxy = await startTcpProxy(Number(process.argv[2]))
const client = createClient({ url: `http://127.0.0.1:${proxy.port}` })
const store = new LibsqlSessionStore(client, { cleanupInterval: false })
let sentAgain = 0

/** Does something whose first answer is lost, on a connection that is there. */
async function withAnswerLost<T>(work: () => PromiseLike<T> | T): Promise<T> {
  await store.get('any')
  const { connections } = proxy
  proxy.set({ kind: 'reset-once' })
  const done = await work()
  if (proxy.connections > connections) sentAgain++
  return done
}

const record = newRecord()
const created = await withAnswerLost(() => store.create(record.id, record, LIFE))
const after = { ...record, revision: 2 }
const replaced = await withAnswerLost(() => store.replace(record.id, after, { ...LIFE, revision: 1 }))
const ended = await withAnswerLost(() => store.replace(record.id, after, { ttl: 0, revision: 2 }))
console.log(
  JSON.stringify({ created, replaced, ended, requests: sentAgain === 3 ? 'sent again' : sentAgain }),
)
process.exit()
