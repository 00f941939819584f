import { isError } from '../../core/is-error.ts'
import type { BunRedisClient } from './client.ts'
import type { RedisCommands } from './commands.ts'
import { type CommandPart, uncovered } from './covered-text.ts'

/** Speaks through a `RedisClient` of Bun. */
export function throughBun(client: BunRedisClient): RedisCommands {
  const sendTexts = (name: string, args: string[]): Promise<unknown> =>
    client.send(name, args).catch((error: unknown) => {
      if (!hasGivenUp(error)) throw error
      // Nobody waits: it is for what is sent next, which waits for the same connection and fails with it.
      client.connect().catch(() => {})
      return client.send(name, args)
    })
  const send = (command: CommandPart[]): Promise<unknown> => {
    const [name = '', ...args] = command.map(uncovered)
    return sendTexts(name, args)
  }
  return {
    sentPrefix: '',
    driverPrefix: '',
    send: (_key, command) => send(command),
    nodes: async () => [{ address: '', send }],
  }
}

/**
 * Whether the client has stopped trying to connect, and sent nothing. It does so after some 30 seconds without its server,
 * at once with a wrong password, and where a connection was idle for too long; and stays so, as no other driver does,
 * until somebody tells it to connect.
 */
function hasGivenUp(error: unknown): boolean {
  return isError(error) && error.message === 'Connection has failed'
}
