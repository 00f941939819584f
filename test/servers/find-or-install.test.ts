import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { findOrInstall } from './find-or-install.ts'
import { temporaryFolder } from './start-process.ts'

afterEach(() => vi.restoreAllMocks())

describe('findOrInstall', () => {
  test('gives the path of a program that is there', async () => {
    expect(await findOrInstall({ program: 'sh', debianPackage: 'dash' })).toMatch(/^\/.*\/sh$/)
  })

  test('looks in the folders given, too', async () => {
    const folder = temporaryFolder('programs')
    const path = join(folder, 'only-here')
    writeFileSync(path, '', { mode: 0o755 })
    expect(await findOrInstall({ program: 'only-here', debianPackage: 'none', folders: [folder] })).toBe(path)
    rmSync(folder, { recursive: true })
  })

  test('says what to type when it may not install', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1_000)
    const missing = findOrInstall({ program: 'no-such-server', debianPackage: 'no-such-package' })
    await expect(missing).rejects.toThrow(
      /no-such-server was not found[\s\S]*\n {2}sudo apt-get update && sudo apt-get install -y no-such-package$/,
    )
  })
})
