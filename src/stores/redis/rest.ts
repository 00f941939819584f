import { batches } from './batches.ts'
import type { RedisRestDatabase } from './client.ts'
import type { RedisCommands } from './commands.ts'
import { uncovered } from './covered-text.ts'
import { restAddress } from './rest-address.ts'
import { REST_ADVICE } from './rest-advice.ts'
import { restRequests } from './rest-request.ts'

/*
 * Commands that read are answered by whichever replica is nearest, and replicas lag: one may still hold a session that is
 * destroyed. Scripts are run by the primary, whatever is in them. So every read goes as one, and so does whatever is not known
 * to write: docs/decisions/0029-reads-over-http-are-scripts.md.
 */
const WRITES: ReadonlySet<string> = new Set(['SET', 'ZREM', 'EVAL', 'EVALSHA'])
// Sent whole: a digest is hardly shorter, and may be unknown.
const WITH_KEY = 'return redis.call(ARGV[1],KEYS[1],unpack(ARGV,2))'
const WITHOUT_KEY = 'return redis.call(unpack(ARGV))'

// An answer with 1,000 records may be larger than a plan allows. A request for each is too many: a Worker has six connections and
// fifty requests.
const MOST_AT_ONCE = 100

/**
 * Speaks to a REST interface of Redis over HTTP.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` the address or the token cannot be one.
 */
export function throughRest(database: RedisRestDatabase): RedisCommands {
  const request = restRequests(restAddress(database))
  const sendOne = async (command: string[]): Promise<unknown> => (await request([command]))[0]
  return {
    sentPrefix: '',
    driverPrefix: '',
    send: (_key, command) => sendOne(onPrimary(command.map(uncovered))),
    sendAll: async (commands) => {
      const replies = batches(commands, MOST_AT_ONCE).map((batch) => request(batch.map(onPrimary)))
      return (await Promise.all(replies)).flat()
    },
    nodes: async () => [{ address: '', send: (command) => sendOne(['EVAL', WITHOUT_KEY, '0', ...command]) }],
    advice: REST_ADVICE,
  }
}

function onPrimary(command: string[]): string[] {
  const [name = '', key = '', ...rest] = command
  return WRITES.has(name) ? command : ['EVAL', WITH_KEY, '1', key, name, ...rest]
}
