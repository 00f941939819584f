import { createInterface } from 'node:readline'
import { createSessions, type Sessions } from '../../../src/core/sessions.ts'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { type OpenClient, openNodeRedis } from './clients.ts'

/*
 * A process that serves requests as it is told, one line of JSON each, so that a test can say what happens
 * between two processes and in which order. It answers each line with one.
 */

/** What the process can be told. `open` and `commit` are the ends of one request. */
export type Order =
  | { do: 'open'; cookie: string }
  | { do: 'set'; key: string; value: unknown }
  | { do: 'read' }
  | { do: 'destroy' }
  | { do: 'commit' }
  | { do: 'count'; cookie: string; times: number }

async function countUp(sessions: Sessions, cookie: string): Promise<void> {
  const passage = await sessions.open(cookie)
  await passage.session.update((draft) => {
    draft.count = (draft.count ?? 0) + 1
  })
  await passage.commit()
}

/** Where Redis is: a port for node-redis, or a REST interface. */
export type Place = { port: number } | { url: string; token: string }

async function open(place: Place): Promise<OpenClient> {
  return 'port' in place ? openNodeRedis(place) : { client: place, close: async () => {} }
}

async function serve(place: Place, secret: string): Promise<void> {
  const { client, close } = await open(place)
  const sessions = createSessions({ secret, store: new RedisSessionStore(client), storeTimeout: '10s' })
  let passage = await sessions.open('')

  const carryOut = async (order: Order): Promise<unknown> => {
    if (order.do === 'open') passage = await sessions.open(order.cookie)
    else if (order.do === 'set') passage.session[order.key] = order.value
    else if (order.do === 'read') return passage.session.toJSON()
    else if (order.do === 'destroy') await passage.session.destroy()
    else if (order.do === 'commit') return (await passage.commit())?.setCookie ?? null
    else await Promise.all(Array.from({ length: order.times }, () => countUp(sessions, order.cookie)))
    return null
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const order: Order = JSON.parse(line)
    const answer = await carryOut(order).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: String(error) }),
    )
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
  await close()
}

const [place = '', secret = ''] = process.argv.slice(2)
await serve(JSON.parse(place), secret)
