import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const repository = join(import.meta.dirname, '../..')

/** Runs the `coatcheck` command. */
function coatcheck(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(repository, 'src/cli/main.ts'), ...args], { encoding: 'utf8' })
}

describe('coatcheck secret', () => {
  test('prints 32 bytes as base64url on one line, and nothing else [P12]', () => {
    const { stdout, stderr, status } = coatcheck('secret')
    expect(stdout).toMatch(/^[A-Za-z0-9_-]{43}\n$/)
    expect(Buffer.from(stdout, 'base64url')).toHaveLength(32)
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  })

  test('prints another one each time', () => {
    expect(coatcheck('secret').stdout).not.toBe(coatcheck('secret').stdout)
  })

  test('refuses arguments it does not know', () => {
    const { stdout, stderr, status } = coatcheck('secret', '--bytes=4')
    expect(stderr).toContain('Unknown command: secret --bytes=4\n')
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
  })
})

describe('coatcheck', () => {
  test.each([['--help'], ['-h'], ['secret', '--help']])('prints its help for %s %s', (...args) => {
    const { stdout, stderr, status } = coatcheck(...args)
    expect(stdout).toMatch(/^Usage: coatcheck <command>\n/)
    expect(stdout).toMatch(/^ {2}secret {2,}Print a fresh secret/m)
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  })

  test('prints the version in package.json', () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
    expect(coatcheck('--version')).toMatchObject({ stdout: `${version}\n`, stderr: '', status: 0 })
  })

  test.each([
    [['secrets'], 'Unknown command: secrets\n'],
    [['toString'], 'Unknown command: toString\n'],
    [[], 'No command given\n'],
  ])('exits with 2 and says why for %j', (args, message) => {
    const { stdout, stderr, status } = coatcheck(...args)
    expect(stderr.startsWith(message)).toBe(true)
    expect(stderr).toContain('Usage: coatcheck <command>')
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
  })
})
