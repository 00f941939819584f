import { createHash } from 'node:crypto'
import { isError } from '../../core/is-error.ts'
import type { RedisCommands } from './commands.ts'
import type { CommandPart } from './covered-text.ts'

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

// ioredis goes on asking until it gives up, and then tells the last answer, which may be the way to the other node.
const IS_DIVIDED = /^TRYAGAIN|redirections\. Last error: ReplyError: (TRYAGAIN|ASK|MOVED) /

/**
 * Runs a script on one key, or on several of one slot: by its digest, and with its text when this server does not
 * know it yet or any more. While a Cluster moves the slot, which keeps it from keys that are not all there, on the first
 * key alone: a script of several has to do without the others.
 */
export async function run(
  commands: RedisCommands,
  script: Script,
  keys: readonly [string, ...string[]],
  ...args: CommandPart[]
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args]
  try {
    return await commands.send(keys[0], ['EVALSHA', script.sha, ...rest])
  } catch (error) {
    if (!isError(error)) throw error
    if (keys.length > 1 && IS_DIVIDED.test(error.message)) return run(commands, script, [keys[0]], ...args)
    // A server forgets scripts when it restarts, on SCRIPT FLUSH, and on failover. EVAL teaches it again.
    if (!error.message.startsWith('NOSCRIPT')) throw error
    return commands.send(keys[0], ['EVAL', script.text, ...rest])
  }
}
