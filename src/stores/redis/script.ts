import { createHash } from 'node:crypto'
import type { RedisCommands } from './commands.ts'

/** A Lua script that Redis runs as one atomic step. */
export interface Script {
  readonly text: string
  /** What EVALSHA calls it by. */
  readonly sha: string
}

/** Makes a script of its text. */
export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/** Lua that puts the server's time into `now`, in milliseconds since the epoch. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/**
 * Runs a script on one key, or on several of one slot: by its digest, and with its text when this server does not
 * know it yet or any more.
 */
export async function run(
  commands: RedisCommands,
  { sha, text }: Script,
  keys: readonly [string, ...string[]],
  ...args: string[]
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args]
  try {
    return await commands.send(keys[0], ['EVALSHA', sha, ...rest])
  } catch (error) {
    // A server forgets scripts when it restarts, on SCRIPT FLUSH, and on failover. EVAL teaches it again.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return commands.send(keys[0], ['EVAL', text, ...rest])
  }
}
