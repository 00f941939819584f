import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { samplesOf } from '../../../scripts/samples.ts'
import { installBuilt, TSC } from '../../runtimes/install-built.ts'
import { BUN_TYPES } from '../../runtimes/programs.ts'

const PAGES = ['redis', 'postgres', 'mysql', 'sqlite']
const DOCS = join(import.meta.dirname, '../../../docs/stores')
const OPTIONS = {
  target: 'esnext',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['bun-types'],
}

const CLIENTS = `import { redis, RedisClient, SQL, sql } from 'bun'
import { MysqlSessionStore } from 'coatcheck/stores/mysql'
import { PostgresSessionStore } from 'coatcheck/stores/postgres'
import { RedisSessionStore } from 'coatcheck/stores/redis'
import { SqliteSessionStore } from 'coatcheck/stores/sqlite'
import { Database } from 'bun:sqlite'

new RedisSessionStore(new RedisClient('redis://h'))
new RedisSessionStore(redis, { prefix: 'app:' })
new PostgresSessionStore(new SQL('postgres://h/d'))
new PostgresSessionStore(sql, { prepare: true })
new MysqlSessionStore(new SQL('mysql://h/d'))
new SqliteSessionStore(new Database(':memory:'))
// @ts-expect-error its answers come later
new SqliteSessionStore(new SQL('sqlite://:memory:'))
`

let folder: string
beforeAll(async () => {
  if (!existsSync(BUN_TYPES)) throw notInstalled()
  const parent = join(import.meta.dirname, '../../runtimes/.tmp') // where the types of Bun are found
  mkdirSync(parent, { recursive: true })
  folder = mkdtempSync(join(parent, 'bun-types-'))
  await installBuilt(folder)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: OPTIONS, include: ['*.ts'] }),
  )
})
afterAll(() => folder && rmSync(folder, { recursive: true }))

/** Compiles these files with Bun's own types, and gives what the compiler says. */
async function typeErrors(files: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const said = await promisify(execFile)(process.execPath, [TSC, '--pretty', 'false', '-p', folder]).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  )
  for (const name of Object.keys(files)) rmSync(join(folder, name))
  return said
}

test("the stores take Bun's clients as Bun types them, and SqliteSessionStore no SQL", async () => {
  expect(await typeErrors({ 'clients.ts': CLIENTS })).toBe('')
})

test('what is of no use to a store does not compile', async () => {
  const wrong = CLIENTS.replaceAll('// @ts-expect-error its answers come later\n', '')
  expect(await typeErrors({ 'clients.ts': wrong })).toMatch(/clients\.ts\(14,\d+\): .*SqliteDatabase/)
})

test("the samples for Bun in the docs compile with Bun's own types", async () => {
  const samples = PAGES.flatMap((page) => samplesOf(readFileSync(join(DOCS, `${page}.md`), 'utf8')).samples)
  const ofBun = samples.filter(
    ({ name, text }) => !name.endsWith('.d.ts') && /from 'bun(:sqlite)?'/.test(text),
  )
  expect(ofBun).toHaveLength(PAGES.length)
  expect(await typeErrors(Object.fromEntries(ofBun.map(({ text }, at) => [`sample-${at}.ts`, text])))).toBe(
    '',
  )
})

function notInstalled(): Error {
  return new Error(
    'The types of Bun were not found. Install them, with the runtimes, by:\n  npm ci --prefix test/runtimes',
  )
}
