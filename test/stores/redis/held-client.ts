import { connect } from '../../../src/stores/redis/connect.ts'
import type { NodeRedisClient, RedisClient } from '../../../src/stores/redis.ts'

/** A client one of whose commands waits until it is let go. */
export interface HeldClient {
  client: NodeRedisClient
  /** Resolves when the command stands still. */
  reached: Promise<void>
  release(): void
}

/** Wraps a real client so that its `nth` command, counted from 1, is not sent before `release()`. */
export function holdCommand(inner: RedisClient, nth: number): HeldClient {
  const commands = connect(inner)
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let count = 0
  const sendCommand = async (args: string[]): Promise<unknown> => {
    count++
    if (count === nth) {
      reached.resolve()
      await released.promise
    }
    return commands.send('', args)
  }
  return {
    client: { isOpen: true, sendCommand },
    reached: reached.promise,
    release: () => released.resolve(),
  }
}
