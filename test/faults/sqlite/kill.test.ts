import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SqliteSessionStore } from '../../../src/stores/sqlite.ts'
import { temporaryFolder } from '../../servers/start-process.ts'
import { type Expected, expectedAfter } from './kill-script.ts'

const ROUNDS = 50
const WRITER = join(import.meta.dirname, 'kill-writer.ts')

let folder = ''
beforeAll(() => {
  folder = temporaryFolder('sqlite-kill')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Lets a process write until it has acknowledged about so many steps, kills it, and gives how many it had. */
async function writeUntilKilled(path: string, round: number, about: number): Promise<number> {
  const writer = spawn(process.execPath, [WRITER, path, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  writer.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.split('\n').length > about) writer.kill('SIGKILL')
  })
  await once(writer, 'close')
  return output.split('\n').length - 1
}

function isStored(store: SqliteSessionStore, id: string, expected: Expected): boolean {
  const record = store.get(id)
  if (record === null || expected === null) return record === expected
  return record.data === expected.data && record.revision === expected.revision
}

/** Gives the ids whose session is neither as after the acknowledged steps nor as after one step more. */
function lostAfter(store: SqliteSessionStore, round: number, acknowledged: number): string[] {
  const certain = expectedAfter(round, acknowledged)
  const possible = expectedAfter(round, acknowledged + 1)
  return [...possible].flatMap(([id, orSo]) =>
    isStored(store, id, certain.get(id) ?? null) || isStored(store, id, orSo) ? [] : [id],
  )
}

test(`of ${ROUNDS} processes killed while they write, no acknowledged write is lost, no record is torn and no destroyed session is back [P4]`, async () => {
  const path = join(folder, 'sessions.db')
  const acknowledged: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    acknowledged.push(await writeUntilKilled(path, round, 10 + ((round * 37) % 200)))
    const store = new SqliteSessionStore(path)
    expect(lostAfter(store, round, acknowledged[round] ?? 0), `round ${round}`).toEqual([])
    store.dispose()
  }
  // What one crash left whole, those after it must not have undone.
  const store = new SqliteSessionStore(path)
  const undone = acknowledged.flatMap((steps, round) => lostAfter(store, round, steps))
  store.dispose()
  expect(undone).toEqual([])
  expect(acknowledged.every((steps) => steps >= 10)).toBe(true)
  const database = new DatabaseSync(path)
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  database.close()
}, 60_000)
