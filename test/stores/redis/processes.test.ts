import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { startRedisRest } from '../../servers/redis-rest.ts'
import type { Order, Place } from './session-process.ts'

const PROGRAM = fileURLToPath(new URL('./session-process.ts', import.meta.url))
const SECRET = 'one secret for all processes: 0123456789'

/** A process of its own that serves requests as it is told. */
class SessionProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #answers: AsyncIterator<string>

  constructor(place: Place) {
    this.#child = spawn(process.execPath, [PROGRAM, JSON.stringify(place), SECRET])
    this.#child.stderr.on('data', (text: Buffer) => process.stderr.write(text))
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** Has one order carried out, and gives what came of it. */
  async tell(order: Order): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`)
    const { value } = await this.#answers.next()
    const answer: unknown = JSON.parse(String(value))
    if (typeof answer === 'object' && answer !== null && 'value' in answer) return answer.value
    throw new Error(`The process answered ${value}`)
  }

  /** Serves a whole request that only looks. Gives the session's data. */
  async look(cookie: string): Promise<unknown> {
    await this.tell({ do: 'open', cookie })
    const data = await this.tell({ do: 'read' })
    await this.tell({ do: 'commit' })
    return data
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}

/** Starts what the processes reach Redis by. */
const PLACES: Record<string, (server: RedisServer) => Promise<{ place: Place; close: () => unknown }>> = {
  'node-redis': async ({ port }) => ({ place: { port }, close: () => {} }),
  'the REST interface': async (server) => {
    const { url, token, close } = await startRedisRest(server)
    return { place: { url, token }, close }
  },
}

describe.each(Object.entries(PLACES))('several processes on one Redis, with %s', (_name, open) => {
  let server: RedisServer
  let reached: { place: Place; close: () => unknown }
  let processes: SessionProcess[]
  let a: SessionProcess
  let b: SessionProcess
  let cookie: string

  beforeAll(async () => {
    server = await startRedis()
    reached = await open(server)
    processes = Array.from({ length: 4 }, () => new SessionProcess(reached.place))
    const [first, second] = processes
    if (first === undefined || second === undefined) throw new Error('There are four.')
    a = first
    b = second
  })
  afterAll(async () => {
    for (const each of processes) each.stop()
    await reached.close()
    await server.stop()
  })
  beforeEach(async () => {
    await a.tell({ do: 'open', cookie: '' })
    await a.tell({ do: 'set', key: 'start', value: 1 })
    const [pair = ''] = String(await a.tell({ do: 'commit' })).split(';', 1)
    cookie = pair
  })

  async function bothOpen(): Promise<void> {
    for (const each of [a, b]) {
      await each.tell({ do: 'open', cookie })
      expect(await each.tell({ do: 'read' })).toEqual({ start: 1 })
    }
  }

  test('two that write different keys at once both find theirs saved [P3, M1]', async () => {
    await bothOpen()
    await a.tell({ do: 'set', key: 'a', value: 1 })
    await b.tell({ do: 'set', key: 'b', value: 1 })
    await b.tell({ do: 'commit' })
    await a.tell({ do: 'commit' })
    for (const each of processes) expect(await each.look(cookie)).toEqual({ start: 1, a: 1, b: 1 })
  })

  test('a logout in one while the other writes stands [P4, M2]', async () => {
    await bothOpen()
    await a.tell({ do: 'set', key: 'a', value: 1 })
    await b.tell({ do: 'destroy' })
    await b.tell({ do: 'commit' })
    await a.tell({ do: 'commit' })
    for (const each of processes) expect(await each.look(cookie)).toEqual({})
  })

  test('a logout in one while the other only reads stands [P4, M3]', async () => {
    await bothOpen()
    await b.tell({ do: 'destroy' })
    await b.tell({ do: 'commit' })
    await a.tell({ do: 'commit' })
    for (const each of processes) expect(await each.look(cookie)).toEqual({})
  })

  test('1,000 increments from four at once end at 1,000 [P3]', async () => {
    await Promise.all(processes.map((each) => each.tell({ do: 'count', cookie, times: 250 })))
    expect(await a.look(cookie)).toEqual({ start: 1, count: 1_000 })
  })
})
