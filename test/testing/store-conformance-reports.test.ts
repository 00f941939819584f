import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { SessionRecord } from '../../src/core/record.ts'
import type { SessionStore } from '../../src/core/store.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { type StoreConformanceOptions, storeConformance } from '../../src/testing/store-conformance.ts'

interface Registered {
  title: string
  run: (...context: unknown[]) => Promise<void>
}

function register(options: Partial<StoreConformanceOptions> = {}): Registered[] {
  const cases: Registered[] = []
  const makeStore = () => ({ store: new MemorySessionStore() })
  storeConformance({ name: 'Any', makeStore, test: (title, run) => cases.push({ title, run }), ...options })
  return cases
}

function find(cases: Registered[], id: string): Registered {
  const found = cases.find(({ title }) => title.includes(` ${id}:`))
  if (found === undefined) throw new Error(`${id} was not registered`)
  return found
}

/** The least a store can be: three methods over a Map. */
function basicStore(): SessionStore {
  const rows = new Map<string, { record: SessionRecord; deadline: number }>()
  return {
    get: (id) => {
      const row = rows.get(id)
      return row !== undefined && row.deadline > Date.now() ? { ...row.record } : null
    },
    set: (id, record, { ttl }) => void rows.set(id, { record: { ...record }, deadline: Date.now() + ttl }),
    destroy: (id) => void rows.delete(id),
  }
}

test('titles name the store, the case and its clause', () => {
  expect(find(register({ name: 'MyStore' }), 'store/create-twice').title).toBe(
    'MyStore store/create-twice: create of a taken id is refused and changes nothing',
  )
})

test('a basic store passes, and what it does not offer is reported', async () => {
  const reports: string[] = []
  const context = { skip: (reason: string) => reports.push(reason) }
  for (const { run } of register({ makeStore: () => ({ store: basicStore() }) })) await run(context)
  expect(reports).toContain('not offered: the store has no replace')
  expect(reports).toContain('not offered: the store has no listByUser, replace, touch')
  expect(reports.length).toBeGreaterThan(40)
})

test('a context that is a function, as Vitest gives, is told of skips too', async () => {
  const skip = vi.fn()
  const cases = register({ makeStore: () => ({ store: basicStore() }) })
  await find(cases, 'store/count').run(Object.assign(() => {}, { skip }))
  expect(skip).toHaveBeenCalledExactlyOnceWith('not offered: the store has no count')
})

test('a runner without skip reads on the console what is not offered', async () => {
  const info = vi.spyOn(console, 'info').mockImplementation(() => {})
  await find(register({ makeStore: () => ({ store: basicStore() }) }), 'store/count').run()
  expect(info.mock.calls).toEqual([['store/count not offered: the store has no count']])
  info.mockRestore()
})

test('with full, a missing ability fails its cases', async () => {
  const cases = register({ makeStore: () => ({ store: basicStore() }), full: true })
  await expect(find(cases, 'store/count').run()).rejects.toThrow(
    'store/count is not offered: the store has no count',
  )
  await find(cases, 'store/set-get').run()
})

test('a skipped case runs nothing, and its reason is in the title and in the report', async () => {
  const makeStore = vi.fn(() => ({ store: new MemorySessionStore() }))
  const cases = register({ makeStore, skip: [{ id: 'store/walk', reason: 'walks are for tomorrow' }] })
  const skipped = find(cases, 'store/walk')
  expect(skipped.title).toContain('[skipped: walks are for tomorrow]')
  const skip = vi.fn()
  await skipped.run({ skip })
  expect(skip).toHaveBeenCalledExactlyOnceWith('walks are for tomorrow')
  expect(makeStore).not.toHaveBeenCalled()
})

test.each([
  [{ id: 'store/no-such-case', reason: 'because' }, "'store/no-such-case', which is no case"],
  [{ id: 'store/walk', reason: ' ' }, 'needs a reason'],
])('a skip of %j is refused before anything is registered', (skip, message) => {
  const test = vi.fn()
  expect(() => register({ skip: [skip], test })).toThrow(message)
  expect(test).not.toHaveBeenCalled()
})

test('each case has a store of its own, closed also when the case fails', async () => {
  const close = vi.fn()
  const makeStore = vi.fn(() => ({ store: { ...basicStore(), get: () => null }, close }))
  const cases = register({ makeStore })
  await expect(find(cases, 'store/set-get').run()).rejects.toThrow('the record: expected {"id"')
  await find(cases, 'store/get-missing').run()
  expect(makeStore).toHaveBeenCalledTimes(2)
  expect(close).toHaveBeenCalledTimes(2)
})

test('a failure shows what was expected and where two long texts part', async () => {
  const store = new MemorySessionStore()
  const cut = {
    ...basicStore(),
    set: (id: string, record: SessionRecord, options: { ttl: number }) => {
      store.set(
        id,
        { ...record, data: `${record.data.slice(0, 5_000)}!${record.data.slice(5_001)}` },
        options,
      )
    },
    get: (id: string) => store.get(id),
  }
  await expect(find(register({ makeStore: () => ({ store: cut }) }), 'store/data-64k').run()).rejects.toThrow(
    /characters\); the first difference is at character \d+: "x+" against "!x+"/,
  )
})

test('the suite runs under node:test', () => {
  const script = `
    import { test } from 'node:test'
    import { MemorySessionStore } from './src/stores/memory.ts'
    import { storeConformance } from './src/testing/store-conformance.ts'
    const makeStore = () => {
      const store = new MemorySessionStore()
      return { store: { get: (id) => store.get(id), set: (...a) => store.set(...a), destroy: (id) => store.destroy(id) } }
    }
    storeConformance({ name: 'Basic', test, makeStore })`
  const run = spawnSync(process.execPath, ['--test-reporter=tap', '--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
    timeout: 20_000,
  })
  expect(run.stdout).toMatch(/^# fail 0$/m)
  expect(run.stdout).toMatch(/store\/count: .* # SKIP not offered: the store has no count/)
  expect(run.stdout).toMatch(/^ok \d+ - Basic store\/set-get/m)
})
