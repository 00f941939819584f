import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStorage } from 'unstorage'
import fsDriver from 'unstorage/drivers/fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSessions } from '../../../src/index.ts'
import { UnstorageSessionStore, type UnstorageStorage } from '../../../src/stores/unstorage.ts'
import { newRecord } from '../../../src/testing/sample-records.ts'
import { Visitor, type VisitorData } from '../visitor.ts'

let folder: string
let storage: UnstorageStorage

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coatcheck-torn-'))
  storage = createStorage({ driver: fsDriver({ base: folder }) })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function onlyFile(): string {
  const [name = ''] = readdirSync(join(folder, 'coatcheck'))
  return join(folder, 'coatcheck', name)
}

test('a value that another process is half way through writing is read again', async () => {
  const store = new UnstorageSessionStore({
    ...storage,
    getItem: async (key) => {
      const value = await storage.getItem(key)
      writeFileSync(file, whole) // the other process has finished
      return value
    },
  })
  const record = newRecord()
  await store.set(record.id, record, { ttl: 60_000 })
  const file = onlyFile()
  const whole = readFileSync(file, 'utf8')
  for (const length of [0, 1, whole.length / 2, whole.length - 1]) {
    writeFileSync(file, whole.slice(0, length))
    expect(await store.get(record.id)).toEqual(record)
  }
})

test('a value that stays torn is a miss that is told as corrupt [P10] [A29]', async () => {
  vi.spyOn(process, 'emitWarning').mockReturnValue()
  const sessions = createSessions<VisitorData>({
    secret: 'the secret of the torn value tests: 3ac8e1',
    store: new UnstorageSessionStore(storage),
  })
  const told: string[] = []
  sessions.on('missed', ({ reason }) => told.push(reason))
  const visitor = new Visitor(sessions)
  await visitor.visit((session) => {
    session.note = 'here'
  })
  for (const content of ['{"record":{"id"', 'null!', '[]', '{"deadline":9e99}']) {
    writeFileSync(onlyFile(), content)
    expect(await visitor.twin().visit((session) => session.toJSON())).toEqual({})
  }
  expect(told).toEqual(['corrupt', 'corrupt', 'corrupt', 'corrupt'])
})

test('a read beside writes of this process sees one of them whole', async () => {
  const store = new UnstorageSessionStore(storage)
  const record = newRecord()
  await store.set(record.id, record, { ttl: 60_000 })
  const data = ['"short"', `"${'long'.repeat(10_000)}"`]
  const seen = new Set<string>()
  for (let round = 0; round < 50; round++) {
    const writes = data.map((text) => store.set(record.id, { ...record, data: text }, { ttl: 60_000 }))
    const reads = Array.from({ length: 5 }, () => store.get(record.id))
    for (const found of await Promise.all(reads)) seen.add(found?.data ?? 'nothing')
    await Promise.all(writes)
  }
  for (const text of seen) expect([record.data, ...data]).toContain(text)
})
