import { describe, expect, test } from 'vitest'
import { checkLinks } from '../../scripts/check-links.ts'
import { makeTree } from './tree.ts'

function check(files: Record<string, string>): string[] {
  return checkLinks(makeTree(files))
}

describe('check-links', () => {
  test('lets links to files, folders, headings and other sites pass', () => {
    const page = [
      '# What `it` does, and why',
      '## Again',
      '## Again',
      '[a](docs/b.md) [b](docs) [c](#what-it-does-and-why) [d](#again-1) [e](docs/b.md#two) [f](https://example.com/x)',
    ].join('\n')
    expect(check({ 'README.md': page, 'docs/b.md': '# Two\n[back](../README.md#again)' })).toEqual([])
  })

  test('finds a file and a heading that are not there, with the line', () => {
    expect(check({ 'README.md': 'One\n\n[a](docs/gone.md)', 'docs/b.md': '# Two\n[c](#three)' })).toEqual([
      'README.md:3 links to docs/gone.md, which is not there.',
      'docs/b.md:2 links to #three, and docs/b.md has no such heading.',
    ])
  })

  test('takes neither the links nor the headings of code blocks for such', () => {
    const page = '```sh\n# Three\n[x](gone.md)\n```\n[c](#three)'
    expect(check({ 'README.md': page })).toEqual([
      'README.md:5 links to #three, and README.md has no such heading.',
    ])
  })
})
