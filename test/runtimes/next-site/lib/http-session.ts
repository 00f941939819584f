import { createSessions } from 'coatcheck'
import { session } from 'coatcheck/next'
import { RedisSessionStore } from 'coatcheck/stores/redis'
import { cookies, headers } from 'next/headers'

/** Sessions in a Redis that is spoken to by `fetch()`, which Next makes its own. */
export const sessions = createSessions<{ userId: string }>({
  secret: process.env.SESSION_SECRET ?? '',
  store: new RedisSessionStore({
    url: process.env.UPSTASH_REDIS_REST_URL,
    token: process.env.UPSTASH_REDIS_REST_TOKEN,
  }),
  cookie: { name: 'http' },
})
export const { readSession } = session(sessions, { cookies, headers })
