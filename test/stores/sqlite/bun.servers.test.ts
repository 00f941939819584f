import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BunProcess, startBun } from '../bun/start-bun.ts'

let bun: BunProcess
beforeAll(() => {
  bun = startBun()
})
afterAll(() => bun?.stop())

test.each([
  ['for SQLite', 'sqlite://:memory:', 'new Database('],
  ['for PostgreSQL', 'postgres://h/d', 'give it to PostgresSessionStore'],
  ['for MySQL', 'mysql://h/d', 'give it to MysqlSessionStore'],
])('a SQL of Bun %s is refused, with what to give instead [P12]', async (_what, url, message) => {
  await expect(bun.open('sqlite', url).made).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'ERR_CONFIG_INVALID',
    message: expect.stringContaining(message),
  })
})
