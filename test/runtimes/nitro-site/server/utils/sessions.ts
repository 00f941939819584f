import { createSessions } from 'coatcheck'
import { RedisSessionStore } from 'coatcheck/stores/redis'
import { Redis } from 'ioredis'

declare module 'coatcheck' {
  interface SessionData {
    userId?: string
    visits?: number
  }
}

const {
  SESSION_SECRET: secret = '',
  REDIS_URL,
  UPSTASH_REDIS_REST_URL,
  UPSTASH_REDIS_REST_TOKEN,
} = process.env

/** Sessions in Redis: over a connection, and on Workers, where none outlives a request, over HTTP. */
export const sessions = createSessions({
  secret,
  store: new RedisSessionStore(
    REDIS_URL === undefined
      ? { url: UPSTASH_REDIS_REST_URL, token: UPSTASH_REDIS_REST_TOKEN }
      : client(REDIS_URL),
  ),
})

function client(url: string): Redis {
  const redis = new Redis(url, { retryStrategy: () => 20 })
  redis.on('error', () => {}) // who asks for a session is told
  return redis
}
