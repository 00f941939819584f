import { writeSync } from 'node:fs'
import { SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import { actionAt, idAt, recordAt } from './kill-script.ts'

// A process that writes and tells of each write once it is done, until somebody kills it: `node kill-writer.ts path round`.
const [path = '', round = '0'] = process.argv.slice(2)
const store = new SqliteSessionStore(path)
const life = { ttl: 3_600_000 }

/** Returns when the word is out. Not `process.stdout`, which keeps what its reader is too slow for to itself. */
function acknowledge(step: number): void {
  for (;;) {
    try {
      writeSync(1, `${step}\n`)
      return
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

for (let step = 0; ; step++) {
  const record = recordAt(Number(round), step)
  const action = actionAt(step)
  if (action === 'create') store.create(record.id, record, life)
  else if (action === 'replace') store.replace(record.id, record, { ...life, revision: 1 })
  else if (action === 'destroy') store.destroy(idAt(Number(round), step))
  acknowledge(step)
}
