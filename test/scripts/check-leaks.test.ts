import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { checkLeaks } from '../../scripts/check-leaks.ts'
import { makeTree } from './tree.ts'

/** Checks a git repository with the given files. */
function check(files: Record<string, string>): string[] {
  const root = makeTree(files)
  execFileSync('git', ['init', '--quiet'], { cwd: root })
  return checkLeaks(root)
}

describe('check-leaks', () => {
  test('lets relative paths, loopback and documentation addresses pass', () => {
    expect(
      check({ 'a.md': '../shared/DESIGN.md\nhttp://127.0.0.1:3000/home\nhttps://example.com/root\n' }),
    ).toEqual([])
  })

  test.each([
    ['a path of one machine', ['', 'home', 'somebody', 'a.ts'].join('/')],
    ['a path of one machine', ['', 'root', 'a.ts'].join('/')],
    [`a package registry's address`, ['https:', '', 'registry.example.com', 'x.tgz'].join('/')],
  ])('fails on %s', (what, text) => {
    expect(check({ 'docs/a.md': `fine\n${text}\n` })).toEqual([`docs/a.md:2 holds ${what}. Take it out.`])
  })

  test('leaves ignored files alone', () => {
    const leak = ['', 'root', 'a.ts'].join('/')
    expect(check({ '.gitignore': 'dist/\n', 'dist/a.js': leak })).toEqual([])
  })
})
