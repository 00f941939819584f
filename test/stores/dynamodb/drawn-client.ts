import { setImmediate } from 'node:timers/promises'
import type { DynamoDbClient } from '../../../src/stores/dynamodb.ts'
import type { SeededRandom } from '../../engine/seeded-random.ts'

/** A client of which one request at a time gets to the server, in an order that is drawn. */
export interface DrawnClient {
  readonly client: DynamoDbClient
  /** What got to the server, in its order. */
  readonly trace: string[]
  /** Lets requests through until all this work is over. */
  run(work: readonly Promise<unknown>[]): Promise<void>
}

/** Puts the draw before a client: the same seed gives the same order. What it queries comes in pages of one item. */
export function drawnClient(client: DynamoDbClient, random: SeededRandom): DrawnClient {
  const trace: string[] = []
  const waiting: (() => Promise<void>)[] = []
  const drawn = new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (input: object) =>
        new Promise((resolve, reject) => {
          waiting.push(async () => {
            trace.push(
              `${String(name)} ${JSON.stringify(Reflect.get(input, 'Key') ?? Reflect.get(input, 'Item'))}`,
            )
            await Promise.resolve(
              Reflect.apply(method, target, [name === 'query' ? { ...input, Limit: 1 } : input]),
            ).then(resolve, reject)
          })
        })
    },
  })
  return {
    client: drawn,
    trace,
    async run(work) {
      let left = work.length
      for (const one of work) one.finally(() => left--).catch(() => {}) // awaited below
      for (;;) {
        // What was answered goes on until its next request.
        await setImmediate()
        const [next] = waiting.splice(random.below(waiting.length), 1)
        if (next !== undefined) await next()
        else if (left === 0) break
      }
      await Promise.all(work)
    },
  }
}
