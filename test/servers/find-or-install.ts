import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installOnce } from './install-once.ts'

/** A program the tests need, and the Debian package that brings it. */
export interface NeededProgram {
  /** The program's file name, such as `redis-server`. */
  program: string
  /** The Debian package to install when it is not found. */
  debianPackage: string
  /** Folders to look in after those on PATH, such as `/usr/lib/postgresql/15/bin`. */
  folders?: readonly string[]
}

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin']

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function find(needed: NeededProgram): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const folders = [...onPath, ...SYSTEM_FOLDERS, ...(needed.folders ?? [])]
  return folders.map((folder) => join(folder, needed.program)).find(isExecutable)
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && find({ program: 'apt-get', debianPackage: 'apt' }) !== undefined
}

const INSTALL_SCRIPT = `
dpkg -s "$1" 2>/dev/null | grep -q '^Status: install ok installed' && exit 0
apt-get update -q && exec apt-get install -y -q --no-install-recommends "$1"
`

/**
 * Gives the path of a program, installing its Debian package when it is missing and this process may.
 * @throws {Error} when it is not there and cannot be installed; the message holds the command to type.
 */
export async function findOrInstall(needed: NeededProgram): Promise<string> {
  const there = find(needed)
  if (there !== undefined) return there
  const command = `sudo apt-get update && sudo apt-get install -y ${needed.debianPackage}`
  if (!mayInstall()) {
    throw new Error(
      `${needed.program} was not found, and these tests run against the real one. Install it, on Debian or Ubuntu with:\n  ${command}`,
    )
  }
  try {
    await installOnce('apt', INSTALL_SCRIPT, [needed.debianPackage])
  } catch (cause) {
    throw new Error(`${needed.program} could not be installed. Install it by hand with:\n  ${command}`, {
      cause,
    })
  }
  const installed = find(needed)
  if (installed !== undefined) return installed
  throw new Error(
    `The package ${needed.debianPackage} is installed, but ${needed.program} is in none of the folders looked in.`,
  )
}
