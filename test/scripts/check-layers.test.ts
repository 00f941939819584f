import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkLayers } from '../../scripts/check-layers.ts'
import { makeTree, repository } from './tree.ts'

/** Checks a tree of one file. */
function check(path: string, text: string): string[] {
  return checkLayers(makeTree({ [path]: text }))
}

const declared = 'export const a: number = 1\n'

describe('check-layers', () => {
  test.each([
    ['src/index.ts', `export { a } from './core/a.ts'`],
    ['src/core/session.ts', `import { a } from './a.ts'`],
    ['src/core/crypto.ts', `import { randomBytes } from 'node:crypto'`],
    ['src/core/diagnostics.ts', `import { channel } from 'node:diagnostics_channel'`],
    [
      'src/stores/redis.ts',
      `import type { createClient } from 'redis'\nimport { StoreError } from '../core/errors.ts'`,
    ],
    ['src/stores/redis/script.ts', `import { createHash } from 'node:crypto'`],
    ['src/stores/sqlite.ts', `const sqlite = await import('node:sqlite')`],
    ['src/adapters/hono.ts', `import { createMiddleware } from 'hono/factory'`],
    ['src/adapters/express.ts', `import type { Request } from 'express'\nimport { x } from './node.ts'`],
    [
      'src/app/router.ts',
      `import { Hono } from 'hono'\nimport { serve } from '@hono/node-server'\nimport 'node:http'`,
    ],
    ['src/testing/clock.ts', `import { m } from '../stores/memory.ts'`],
    ['src/cli/main.ts', `import { m } from '../stores/redis.ts'\nimport 'node:fs'`],
  ])('lets %s import what its layer may', (path, text) => {
    expect(check(path, `${text}\n${declared}`)).toEqual([])
  })

  test.each([
    ['core imports a store', 'src/core/session.ts', `import { m } from '../stores/memory.ts'`],
    ['core imports a store by type', 'src/core/session.ts', `import type { M } from '../stores/memory.ts'`],
    ['core imports node:crypto elsewhere', 'src/core/ticket.ts', `import { randomBytes } from 'node:crypto'`],
    ['core imports a package', 'src/core/ticket.ts', `import { Hono } from 'hono'`],
    ['core imports on demand', 'src/core/ticket.ts', `const x = await import('node:fs')`],
    ['core asks for a builtin', 'src/core/ticket.ts', `process.getBuiltinModule('node:fs')`],
    ['core imports for an effect', 'src/core/ticket.ts', `import 'node:fs'`],
    ['the barrel takes a store along', 'src/index.ts', `export { M } from './stores/memory.ts'`],
    ['a store imports a foreign driver', 'src/stores/redis.ts', `import type { Pool } from 'pg'`],
    ['a store imports an adapter', 'src/stores/redis.ts', `import { session } from '../adapters/hono.ts'`],
    ['an adapter imports a store', 'src/adapters/hono.ts', `import { M } from '../stores/memory.ts'`],
    [
      'an adapter imports a foreign framework',
      'src/adapters/koa.ts',
      `import type { Request } from 'express'`,
    ],
    ['an adapter imports a foreign adapter', 'src/adapters/koa.ts', `import { session } from './hono.ts'`],
    ['the fetch adapter needs Node', 'src/adapters/fetch.ts', `import { Readable } from 'node:stream'`],
    ['a package has a longer name', 'src/adapters/hono.ts', `import { x } from 'hono-sessions'`],
    ['the app imports an adapter', 'src/app/app.ts', `import { session } from '../adapters/express.ts'`],
    ['testing imports a test runner', 'src/testing/clock.ts', `import { test } from 'vitest'`],
    ['testing imports the app', 'src/testing/clock.ts', `import type { App } from '../app/app.ts'`],
    ['an import spans lines', 'src/core/a.ts', `import {\n  type B,\n  c,\n} from '../stores/memory.ts'`],
  ])('fails when %s', (_what, path, text) => {
    const [first = '', ...rest] = check(path, `${declared}${text}\n${declared}`)
    expect(first).toMatch(new RegExp(`^${path}:2 imports .+\\. src/.+ may import only .+: `))
    expect(rest).toEqual([])
  })

  test('fails when a store imports its driver for more than types, and says what to do', () => {
    expect(check('src/stores/redis.ts', `import { createClient } from 'redis'\n${declared}`)).toEqual([
      'src/stores/redis.ts:1 imports redis. src/stores/redis may import it by type only: ' +
        `write 'import type', and take the object itself as a parameter.`,
    ])
    expect(
      check('src/stores/redis.ts', `import { decide } from '../core/decide.ts'\n${declared}`),
    ).toHaveLength(1)
    // Kept at run time as `import {} from 'redis'`.
    expect(check('src/stores/redis.ts', `import { type A } from 'redis'\n${declared}`)).toHaveLength(1)
  })

  test('fails on a cycle and shows the way around it', () => {
    const root = makeTree({
      'src/core/a.ts': `import { b } from './b.ts'\n${declared}`,
      'src/core/b.ts': `import type { C } from './c.ts'\n${declared}`,
      'src/core/c.ts': `${declared}import { b } from './b.ts'\n`,
    })
    expect(checkLayers(root)).toEqual([
      'src/core/c.ts:2 closes a cycle: src/core/b.ts -> src/core/c.ts -> src/core/b.ts. ' +
        'Move what both need into a file of its own.',
    ])
  })

  test('fails on a barrel and on a file in no layer', () => {
    expect(check('src/stores/all.ts', `// All.\nexport { a } from './memory.ts'\n`)).toHaveLength(1)
    expect(check('src/core/index.ts', declared)).toHaveLength(1)
    expect(check('src/helpers/strings.ts', declared)).toEqual([expect.stringContaining('is in no layer')])
  })

  test('reads no import out of comments and text', () => {
    const text = `/**\n * import('node:fs')\n */\n// import('node:fs')\nexport const a: string = "import x from 'hono'"\n`
    expect(check('src/core/a.ts', text)).toEqual([])
  })

  test('exits with 1 on a bad tree and with 0 on a good one', () => {
    const script = join(repository, 'scripts/check-layers.ts')
    const bad = makeTree({ 'src/core/a.ts': `import 'hono'\n` })
    const good = makeTree({ 'src/core/a.ts': declared })
    const run = (cwd: string) => spawnSync(process.execPath, [script], { cwd, encoding: 'utf8' })
    expect(run(bad)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('src/core/a.ts:1 imports hono'),
    })
    expect(run(good)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 files') })
  })
})
