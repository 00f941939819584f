import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { report } from './report.ts'

/** What says where a file was written instead of what it is about. */
const LEAKS: { what: string; pattern: RegExp }[] = [
  { what: 'a path of one machine', pattern: /\/(?:work\/(?:main|shared)|root|Users|home\/[\w-]+)\// },
  {
    what: "a package registry's address",
    pattern: /https?:\/\/(?:[\w-]+\.)*(?:registry|npm|artifactory|nexus)[\w-]*\./i,
  },
]

/** Finds lines in files of the repository (tracked, or new and not ignored) that belong on one machine only. */
export function checkLeaks(root: string): string[] {
  return repositoryFiles(root).flatMap((path) => {
    const lines = readFileSync(join(root, path), 'utf8').split('\n')
    return lines.flatMap((line, at) =>
      LEAKS.filter(({ pattern }) => pattern.test(line)).map(
        ({ what }) => `${path}:${at + 1} holds ${what}. Take it out.`,
      ),
    )
  })
}

function repositoryFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
  // A tracked file may have been deleted and not yet committed as such.
  return listed
    .toString()
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
}

if (import.meta.main) {
  const root = process.cwd()
  report(
    'check-leaks',
    checkLeaks(root),
    `${repositoryFiles(root).length} files name no machine and no registry`,
  )
}
