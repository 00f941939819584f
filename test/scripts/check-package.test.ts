import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkPackage } from '../../scripts/check-package.ts'
import { makeTree, repository } from './tree.ts'

const manifest = {
  name: 'thing',
  version: '1.0.0',
  type: 'module',
  license: 'MIT',
  exports: { '.': './dist/index.js', './stores/a': './dist/stores/a.js', './package.json': './package.json' },
  bin: { thing: 'dist/cli/main.js' },
  files: ['dist', 'src'],
}

const good = {
  'README.md': '# thing\n',
  'package.json': JSON.stringify(manifest),
  'src/index.ts': 'export const a: number = 1\n',
  'src/stores/a.ts': 'export const a: number = 1\n',
  'dist/index.js': 'export const a = 1\n',
  'dist/index.js.map': '{"version":3,"sources":["../src/index.ts"],"mappings":""}',
  'dist/index.d.ts': 'export declare const a: number\n',
  'dist/stores/a.js': `export { a } from '../index.js'\n`,
  'dist/stores/a.d.ts': `export { a } from '../index.ts'\n`,
  'dist/cli/main.js': '#!/usr/bin/env node\nif (process.argv[2] !== "--version") process.exit(2)\n',
}

/** Checks a package that is good but for the given files. */
function check(files: Record<string, string> = {}): string {
  return checkPackage(makeTree({ ...good, ...files }, join(repository, '.tmp'))).join('\n')
}

function withManifest(change: object): Record<string, string> {
  return { 'package.json': JSON.stringify({ ...manifest, ...change }) }
}

describe('check-package', () => {
  test('lets a package pass whose entry points, types, command and source maps work', () => {
    expect(check()).toBe('')
  })

  test('fails when a store or an adapter is not exported', () => {
    const store = 'export class BSessionStore {}\n'
    const adapter = 'export function session(): void {}\n'
    const shared = { 'src/adapters/shared.ts': '', 'src/stores/shared.ts': '' }
    expect(check({ 'src/stores/b.ts': store, 'src/adapters/b.ts': adapter, ...shared }).split('\n')).toEqual([
      expect.stringMatching(/^src\/adapters\/b\.ts is no entry point\. Add \.\/dist\/adapters\/b\.js to /),
      expect.stringMatching(/^src\/stores\/b\.ts is no entry point\. Add \.\/dist\/stores\/b\.js to /),
    ])
  })

  test('fails when what is exported is not packed', () => {
    expect(check(withManifest({ exports: { ...manifest.exports, './gone': './dist/gone.js' } }))).toContain(
      'dist/gone.js',
    )
    expect(check(withManifest({ files: ['src'] }))).toContain('publint')
  })

  test('fails when anything would be installed along with it [C79]', () => {
    expect(check(withManifest({ dependencies: { 'left-pad': '1.3.0' } }))).toMatch(
      /^left-pad is a dependency/,
    )
  })

  test('fails when an entry point needs what a user has not installed', () => {
    const problems = check({ 'dist/stores/a.js': `export { a } from 'not-installed'\n` })
    expect(problems).toMatch(
      /import\('thing\/stores\/a'\).* failed:[\s\S]*Cannot find package 'not-installed'/,
    )
  })

  test('fails when an entry point has no types', () => {
    expect(check({ 'dist/stores/a.d.ts': `export { a } from '../gone.ts'\n` })).toMatch(/^attw .*failed:/m)
  })

  test('fails when a declaration file does not compile', () => {
    const problems = check({ 'dist/index.d.ts': 'export declare const a: Missing\n' })
    expect(problems).toMatch(/^tsc .*failed:\nnode_modules\/thing\/dist\/index\.d\.ts\(1,25\): error TS2304/m)
  })

  test('fails when the types of what runs without Node need those of Node', () => {
    const types = `import type { Server } from 'node:http'\nexport declare const a: Server\n`
    expect(check({ 'dist/stores/a.d.ts': types })).toMatch(
      /^tsc .*failed:\nnode_modules\/thing\/dist\/stores\/a\.d\.ts\(1,29\): error TS2591/m,
    )
  })

  test('fails when it cannot tell what needs the types of Node, since they are there', () => {
    const types = `/// <reference types="node" />\nexport declare const a: number\n`
    expect(check({ 'dist/stores/a.d.ts': types })).toContain('consumer.no-node.ts(1,1): error TS2578')
  })

  test('lets the types of an adapter for Node need those of Node', () => {
    const adapter = {
      'src/adapters/node.ts': 'export function session(): void {}\n',
      'dist/adapters/node.js': 'export function session() {}\n',
      'dist/adapters/node.d.ts': `import type { Server } from 'node:http'\nexport declare function session(): Server\n`,
    }
    const exports = { ...manifest.exports, './node': './dist/adapters/node.js' }
    expect(check({ ...adapter, ...withManifest({ exports }) })).toBe('')
  })

  test('fails when the command fails', () => {
    expect(check({ 'dist/cli/main.js': '#!/usr/bin/env node\nprocess.exit(3)\n' })).toContain(
      'main.js --version failed',
    )
  })

  test('fails when a source map leads out of the package', () => {
    expect(check(withManifest({ files: ['dist'] }))).toBe(
      `thing: dist/index.js.map leads to src/index.ts, which is not packed. Add it to package.json's files.`,
    )
  })
})
