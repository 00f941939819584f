import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The repository's own folder. */
export const repository: string = join(import.meta.dirname, '../..')

/**
 * Writes files into a new folder and removes it when the test is over.
 * @param files - File contents by path.
 * @param parent - Where the folder goes. Default: the system's temporary folder; inside the repository
 * (`.tmp`) a tree finds the installed packages.
 * @returns The folder's absolute path.
 */
export function makeTree(files: Record<string, string>, parent: string = tmpdir()): string {
  mkdirSync(parent, { recursive: true })
  const root = mkdtempSync(join(parent, 'coatcheck-tree-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return root
}
