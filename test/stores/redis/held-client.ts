import { connect } from '../../../src/stores/redis/connect.ts'
import type { Script } from '../../../src/stores/redis/script.ts'
import type { NodeRedisClient, RedisClient } from '../../../src/stores/redis.ts'

/** A client one of whose commands waits until it is let go. */
export interface HeldClient {
  client: NodeRedisClient
  /** Resolves with the command when it stands still. */
  reached: Promise<string[]>
  release(): void
}

/** Wraps a real client so that its `nth` command, counted from 1, is not sent before `release()`. */
export function holdCommand(inner: RedisClient, nth: number): HeldClient {
  let count = 0
  return holdWhere(inner, () => ++count === nth)
}

/** Wraps a real client so that the first of its commands that fits is not sent before `release()`. */
export function holdWhere(inner: RedisClient, fits: (command: string[]) => boolean): HeldClient {
  const reached = Promise.withResolvers<string[]>()
  const released = Promise.withResolvers<void>()
  let held = false
  const client = passing(inner, async (command) => {
    if (held || !fits(command)) return
    held = true
    reached.resolve(command)
    await released.promise
  })
  return { client, reached: reached.promise, release: () => released.resolve() }
}

/** Wraps a real client so that each command waits for what `before` does with it, and fails if that fails. */
export function passing(
  inner: RedisClient,
  before: (command: string[]) => Promise<void> | void,
): NodeRedisClient {
  const commands = connect(inner)
  const sendCommand = async (command: string[]): Promise<unknown> => {
    const waiting = before(command)
    if (waiting !== undefined) await waiting
    return commands.send(keyOf(command), command)
  }
  return { isOpen: true, sendCommand }
}

/** The first key of a command. */
export function keyOf([name = '', ...args]: string[]): string {
  return (name.startsWith('EVAL') ? args[2] : args[0]) ?? ''
}

/** Tells whether a command runs this script. */
export function runs(script: Script, [name, text]: string[]): boolean {
  return (name === 'EVALSHA' && text === script.sha) || (name === 'EVAL' && text === script.text)
}
