import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { createClient, ErrorReply } from 'redis'

/** A client on RESP2, whose replies are what the interface writes as JSON. */
interface Client {
  sendCommand(command: string[]): Promise<unknown>
  destroy(): void
}

/** A status, and a body that may be no JSON. */
interface Answer {
  status: number
  body: string
}

/** What befalls a request, instead of the answer that it should have. */
export type Mishap =
  /** The connection is reset, or something else is answered, before anything is carried out or after all was. */
  | { when: 'before' | 'after'; comes: Answer | 'a reset' }
  /** It stands still before anything is carried out, and goes on then. */
  | { until: Promise<unknown> | undefined }

/** The REST interface of Upstash Redis, on loopback, in front of a real Redis. */
export interface RedisRest {
  readonly port: number
  /** `http://127.0.0.1:port`. */
  readonly url: string
  readonly token: string
  /** A token of a user who may only read, by the ACL of the real Redis. */
  readonly readOnlyToken: string
  /** What was asked for: the commands of each request. */
  readonly requests: string[][][]
  /** The headers of the request last made. */
  readonly lastHeaders: Readonly<IncomingMessage['headers']>
  /** Says what befalls a request. Asked for each, with its commands; nothing for most. */
  meet(mishap: (commands: string[][]) => Mishap | undefined): void
  close(): Promise<void>
}

/** How the interface is set up. */
export interface RedisRestOptions {
  /**
   * Where what only reads is answered, as in a global database: the port of another server, which should be a replica.
   * What else there is, scripts among it, is carried out by the first.
   */
  readsFrom?: { port: number }
}

/** The token of every interface. */
export const TOKEN = 'AXyzToken=='
const READ_ONLY_TOKEN = 'AXyzReadOnly=='
const READER = 'default_ro'

async function connected(port: number, user: object = {}): Promise<Client> {
  const client = createClient({
    RESP: 2,
    socket: { host: '127.0.0.1', port, reconnectStrategy: () => 20 },
    ...user,
  })
  client.on('error', () => {}) // the request that waits for it says so
  await client.connect()
  return client
}

/** The names of the commands that a server marks as reading only: `EVAL_RO` is one, and `EVAL` is not. */
async function readingCommands(client: Client): Promise<Set<string>> {
  const commands = await client.sendCommand(['COMMAND'])
  if (!Array.isArray(commands)) throw new Error('Redis does not tell its commands.')
  return new Set(
    commands.flatMap((command) => {
      const [name, , flags] = Array.isArray(command) ? command : []
      return Array.isArray(flags) && flags.includes('readonly') ? [String(name).toUpperCase()] : []
    }),
  )
}

/** Starts the interface in front of a server. */
export async function startRedisRest(
  { port }: { port: number },
  { readsFrom }: RedisRestOptions = {},
): Promise<RedisRest> {
  const primary = await connected(port)
  const replica = readsFrom === undefined ? primary : await connected(readsFrom.port)
  const reading = await readingCommands(primary)
  await primary.sendCommand(['ACL', 'SETUSER', READER, 'on', '>reader', '~*', '+@read', '+@connection'])
  const reader = await connected(port, { username: READER, password: 'reader' })
  const requests: string[][][] = []
  let lastHeaders: IncomingMessage['headers'] = {}
  let mishapOf: (commands: string[][]) => Mishap | undefined = () => undefined

  const carryOut = async (command: string[], bearer: string): Promise<object> => {
    const isRead = reading.has((command[0] ?? '').toUpperCase())
    const client = bearer === READ_ONLY_TOKEN ? reader : isRead ? replica : primary
    try {
      return { result: await client.sendCommand(command) }
    } catch (error) {
      if (error instanceof ErrorReply) return { error: error.message }
      throw error
    }
  }

  const answerTo = async (request: IncomingMessage): Promise<Answer | 'a reset'> => {
    const body: unknown = JSON.parse(await text(request))
    lastHeaders = request.headers
    const bearer = bearerOf(request)
    if (bearer === undefined) return answerOf(401, { error: 'WRONGPASS invalid or missing auth token' })
    const isPipeline = request.url === '/pipeline'
    const commands = asCommands(isPipeline ? body : [body])
    requests.push(commands)
    const mishap = mishapOf(commands) ?? { until: undefined }
    if ('until' in mishap) await mishap.until
    const results: object[] = []
    if ('until' in mishap || mishap.when === 'after')
      for (const command of commands) results.push(await carryOut(command, bearer))
    if ('comes' in mishap) return mishap.comes
    const [only = {}] = results
    return isPipeline ? answerOf(200, results) : answerOf('error' in only ? 400 : 200, only)
  }

  const server = createServer((request, response) => {
    // When Redis is away, so is all of it.
    const answering = answerTo(request).catch(() => 'a reset' as const)
    answering.then((answer) => {
      if (answer === 'a reset') request.socket.resetAndDestroy()
      else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The bridge has no port.')
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    token: TOKEN,
    readOnlyToken: READ_ONLY_TOKEN,
    requests,
    get lastHeaders() {
      return lastHeaders
    },
    meet: (mishap) => {
      mishapOf = mishap
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      for (const client of new Set([primary, replica, reader])) client.destroy()
    },
  }
}

function bearerOf({ headers }: IncomingMessage): string | undefined {
  return [TOKEN, READ_ONLY_TOKEN].find((token) => headers.authorization === `Bearer ${token}`)
}

function answerOf(status: number, body: object): Answer {
  return { status, body: JSON.stringify(body) }
}

function asCommands(body: unknown): string[][] {
  if (!Array.isArray(body) || !body.every((command) => Array.isArray(command)))
    throw new Error('ERR failed to parse the commands')
  return body.map((command) => command.map(String))
}
