import { setTimeout as delay } from 'node:timers/promises'
import { createSessions, type Sessions } from '../../src/core/sessions.ts'
import { type RedisClient, RedisSessionStore } from '../../src/stores/redis.ts'

/** How long the tests' engine waits for Redis, in milliseconds. */
export const STORE_TIMEOUT = 500

/** A manager of sessions on a Redis client, as an application makes it. */
export function sessionsOn(client: RedisClient): Sessions {
  const store = new RedisSessionStore(client)
  return createSessions({ secret: 'a secret of these tests: 0123456789', store, storeTimeout: STORE_TIMEOUT })
}

type Handler = (session: Awaited<ReturnType<Sessions['open']>>['session']) => unknown

/** Runs one request. Gives the cookie the browser holds afterwards. */
export async function request(sessions: Sessions, cookie: string, handler: Handler): Promise<string> {
  const passage = await sessions.open(cookie)
  await handler(passage.session)
  const effects = await passage.commit()
  const line = effects?.setCookie
  return typeof line === 'string' ? (line.split(';', 1)[0] ?? '') : cookie
}

/** Gives the number that a visitor's session counts; `undefined` when the cookie opens none. */
export async function countOf(sessions: Sessions, cookie: string): Promise<number | undefined> {
  let count: number | undefined
  await request(sessions, cookie, (session) => {
    count = session.count
  })
  return count
}

/** A visitor who keeps counting, and what became of it. */
export interface Visitor {
  cookie: string
  /** How often the server said that it had counted. */
  acknowledged: number
  /** How often it said that it had failed, and may have counted or not. */
  failed: number
  /** The longest that one request took, in milliseconds. */
  longest: number
}

/** Traffic that goes on until it is stopped. */
export interface Traffic {
  readonly visitors: readonly Visitor[]
  /** Resolves when every visitor has been served again from now on: the app has recovered. */
  recovered(): Promise<void>
  /** Lets the requests under way end, and no new ones begin. */
  stop(): Promise<void>
}

async function countUp(sessions: Sessions, visitor: Visitor): Promise<void> {
  const started = performance.now()
  try {
    await request(sessions, visitor.cookie, (session) =>
      session.update((draft) => {
        draft.count = (draft.count ?? 0) + 1
      }),
    )
    visitor.acknowledged++
  } catch {
    visitor.failed++
    await delay(5) // a browser, too, does not come back in the same instant
  }
  visitor.longest = Math.max(visitor.longest, performance.now() - started)
}

/** Lets visitors count, each one request after the other, all side by side. */
export async function startTraffic(sessions: Sessions, visitors: number): Promise<Traffic> {
  const all: Visitor[] = []
  for (let i = 0; i < visitors; i++) {
    const cookie = await request(sessions, '', (session) => {
      session.count = 0
      session.userId = `visitor-${i}`
    })
    all.push({ cookie, acknowledged: 0, failed: 0, longest: 0 })
  }
  let running = true
  const loops = all.map(async (visitor) => {
    while (running) await countUp(sessions, visitor)
  })
  return {
    visitors: all,
    recovered: async () => {
      const before = all.map(({ acknowledged }) => acknowledged)
      const deadline = performance.now() + 15_000
      while (all.some(({ acknowledged }, i) => acknowledged <= (before[i] ?? 0) + 1)) {
        if (performance.now() > deadline) throw new Error('Not every visitor was served again within 15 s.')
        await delay(10)
      }
    },
    stop: async () => {
      running = false
      await Promise.all(loops)
    },
  }
}
