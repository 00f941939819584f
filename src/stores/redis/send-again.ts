import { isError } from '../../core/is-error.ts'
import type { RedisCommands } from './commands.ts'
import type { CommandPart } from './covered-text.ts'
import { CREATE } from './record-scripts.ts'

const MOST_TIMES = 5

/**
 * Sends a command again whose connection broke before its reply, once the driver is connected again; fails with any other
 * error. ioredis does so by itself, node-redis and Bun do not. No write is done twice by it: each has a mark by which its script
 * knows it in the record. What makes a record is not sent again, for the record may have been made and ended meanwhile.
 */
export async function sendAgain(
  commands: RedisCommands,
  key: string,
  command: CommandPart[],
  failure: unknown,
): Promise<unknown> {
  if (makesRecord(command)) throw failure
  let error = failure
  for (let time = 0; time < MOST_TIMES && wasCut(error); time++) {
    try {
      return await commands.send(key, command)
    } catch (next) {
      error = next
    }
  }
  throw error
}

/** Tells whether a command makes a record, which may have been made and ended by the time it is sent again. */
export function makesRecord([name, script]: readonly CommandPart[]): boolean {
  return name === 'SET' || script === CREATE.sha || script === CREATE.text
}

// Of node-redis, whose classes of errors are not to be had without importing it, and of Bun, whose code stands for other
// errors too.
const CUT = /^(Socket closed unexpectedly|Connection closed|Idle timeout reached after \d+ms)$/

/**
 * By the driver's words; by the code of Node where the connection was reset, as that of a server is which is killed before
 * it has read all.
 */
function wasCut(error: unknown): boolean {
  if (!isError(error)) return false
  return CUT.test(error.message) || ('code' in error && error.code === 'ECONNRESET')
}
