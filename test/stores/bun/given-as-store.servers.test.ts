import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROGRAMS } from '../../runtimes/programs.ts'

const ROOT = join(import.meta.dirname, '../../..')

test.each([
  ["new Bun.RedisClient('redis://127.0.0.1:1')", 'is a Redis client; give new RedisSessionStore(…)'],
  ["new Bun.SQL('postgres://h/d')", 'is a PostgreSQL client; give new PostgresSessionStore(…)'],
  [
    "new (await import('bun:sqlite')).Database(':memory:')",
    'is a SQLite database; give new SqliteSessionStore(…)',
  ],
])('%s that is given as a store is refused, with the class that makes one of it [P12]', (client, message) => {
  const program = `const { createSessions } = await import('./src/index.ts')
    try { createSessions({ secret: 'a secret of these tests: 0123456789', store: ${client} }) }
    catch (error) { console.log(error.code, error.message) }`
  const said = execFileSync(PROGRAMS.bun, ['-e', program], { cwd: ROOT, encoding: 'utf8' })
  expect(said).toContain('ERR_CONFIG_INVALID')
  expect(said).toContain(message)
})
