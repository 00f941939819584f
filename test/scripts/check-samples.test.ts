import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkSamples } from '../../scripts/check-samples.ts'
import { makeTree, repository } from './tree.ts'

/** Checks the pages of a built package `thing` that exports `size`, a number. */
function check(pages: Record<string, string>): string[] {
  const manifest = { name: 'thing', type: 'module', exports: { '.': './dist/index.js' } }
  const built = {
    'package.json': JSON.stringify(manifest),
    'dist/index.js': 'export const size = 1\n',
    'dist/index.d.ts': 'export interface Data {}\nexport declare const size: number\n',
  }
  return checkSamples(makeTree({ ...built, ...pages }, join(repository, '.tmp')), 2_000)
}

const fence = (code: string, info = 'ts') => `\`\`\`${info}\n${code}\n\`\`\`\n`

describe('check-samples', () => {
  test('lets samples pass that use the package by its name and one another by theirs', () => {
    const readme =
      fence(`// a.ts\nimport { size } from 'thing'\nexport const twice: number = size * 2`) +
      fence(`import { twice } from './a.ts'\nif (twice !== 2) throw new Error('wrong')`, 'ts run')
    expect(check({ 'README.md': readme })).toEqual([])
  })

  test('fails on a type error, with the file and line of the page', () => {
    const readme = `# Thing\n\n${fence(`import { size } from 'thing'\nconst text: string = size`)}`
    expect(check({ 'README.md': '', 'docs/deep/page.md': readme })).toEqual([
      expect.stringMatching(/^docs\/deep\/page\.md:5:7: error TS2322: /),
    ])
  })

  test('fails on a name that the package does not export', () => {
    expect(check({ 'README.md': fence(`import { gone } from 'thing'\nconsole.log(gone)`) })).toEqual([
      expect.stringMatching(/^README\.md:2:10: error TS2305: /),
    ])
  })

  test('fails on what the oldest compiler refuses that the types are for', () => {
    // Before TypeScript 6, a method's `this` might hang on what the types are, so the order of methods decided.
    const declared = 'declare function pass<T>(pair: { make(seed: number): T; take(one: T): void }): void\n'
    const page = fence(`${declared}pass({ take(one) { one.toFixed() }, make(seed: number) { return seed } })`)
    expect(check({ 'README.md': '', 'docs/page.md': page })).toEqual([
      expect.stringMatching(/^with typescript-oldest: docs\/page\.md:3:20: error TS18046: /),
    ])
  })

  test('keeps what one page declares from the others', () => {
    const page = (type: string) => {
      return fence(`import type {} from 'thing'\ndeclare module 'thing' { interface Data { id: ${type} } }`)
    }
    expect(check({ 'README.md': page('string'), 'docs/page.md': page('number') })).toEqual([])
    expect(check({ 'README.md': page('string') + page('number') })).toEqual([
      expect.stringContaining('TS2717'),
    ])
  })

  test('fails on a sample that throws and on two of one name', () => {
    expect(check({ 'README.md': fence(`throw new Error('on purpose')`, 'ts run') })).toEqual([
      expect.stringMatching(/^README\.md: line-1\.ts exited with 1\.[\s\S]*on purpose/),
    ])
    expect(check({ 'README.md': fence('// a.ts') + fence('// a.ts') })).toEqual([
      `README.md: two samples begin with '// a.ts'. Name one of them otherwise.`,
    ])
  })

  test('fails on a sample that does not end', () => {
    expect(check({ 'README.md': fence('setInterval(() => {}, 1000)', 'ts run') })).toEqual([
      expect.stringContaining('README.md: line-1.ts did not end within 2000 ms'),
    ])
  })

  test('fails on a fence that escapes the check', () => {
    expect(check({ 'README.md': fence('let a: number = ""', 'ts ignore') })).toEqual([
      expect.stringContaining(`README.md:1: a sample marked 'ts ignore' is not checked`),
    ])
  })
})
