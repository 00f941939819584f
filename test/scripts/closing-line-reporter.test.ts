import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeTree, repository } from './tree.ts'

/** Runs vitest with the reporter over the given test files. */
function runVitest(files: Record<string, string>): { status: number | null; lines: string[] } {
  const root = makeTree(files, join(repository, '.tmp'))
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs')
  const reporter = join(repository, 'scripts/closing-line-reporter.ts')
  const options = ['run', '--root', root, '--globals', '--reporter=default', `--reporter=${reporter}`]
  const run = spawnSync(process.execPath, [vitest, ...options], { encoding: 'utf8', timeout: 60_000 })
  return { status: run.status, lines: run.stdout.trimEnd().split('\n') }
}

describe('the closing line', () => {
  test('is the last line and counts what passed and what was skipped', () => {
    const run = runVitest({
      'a.test.ts': `test('one', () => {}); test('two', () => {}); test.skip('three', () => {}); test.todo('four')`,
    })
    expect(run.lines.at(-1)).toBe('2 passed, 0 failed, 2 skipped')
    expect(run.status).toBe(0)
  })

  test('counts a failed test', () => {
    const run = runVitest({
      'a.test.ts': `test('one', () => {}); test('two', () => { throw new Error('no') })`,
    })
    expect(run.lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped')
    expect(run.status).toBe(1)
  })

  test('counts a file that does not load, a hook that throws and an error nobody caught', () => {
    const run = runVitest({
      'broken.test.ts': `throw new Error('does not load')`,
      'hook.test.ts': `describe('d', () => { afterAll(() => { throw new Error('hook') }); test('one', () => {}) })`,
      'late.test.ts': `test('two', async () => { Promise.reject(new Error('late')); await new Promise(setImmediate) })`,
    })
    expect(run.lines.at(-1)).toBe('2 passed, 3 failed, 0 skipped')
    expect(run.status).toBe(1)
  })
})
