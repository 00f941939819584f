import { spawnSync } from 'node:child_process'
import { chownSync } from 'node:fs'

/** A user id and group id to run a server as. */
export interface SystemUser {
  uid: number
  gid: number
}

/**
 * Gives the ids of the user a server has to run as, when this process is root: database servers refuse to.
 * @returns `undefined` when this process is not root. It then runs them as itself.
 */
export function systemUser(name: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name]).stdout.toString()))
  if (!uid || !gid) throw new Error(`There is no system user ${name} to run its server as.`)
  return { uid, gid }
}

/** Hands a folder over to a user. */
export function giveFolder(folder: string, user: SystemUser | undefined): void {
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
}

/** Runs a program to its end, as a user. */
export function runToEnd(program: string, args: readonly string[], user: SystemUser | undefined): void {
  const { status, stderr, error } = spawnSync(program, [...args], { ...user, timeout: 60_000 })
  if (status !== 0)
    throw new Error(`${program} ended with ${status}:\n${stderr?.toString() ?? ''}`, { cause: error })
}
