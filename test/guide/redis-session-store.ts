import type { SessionRecord, SessionStore, WriteOptions } from '../../src/index.ts'
import type { TestClock } from '../../src/testing/index.ts'

/** The little of a Redis client the guide's store needs, over texts that time out. */
export class RedisClient {
  readonly texts: Map<string, { text: string; until: number }> = new Map()
  open = true
  readonly #clock: TestClock

  constructor(clock: TestClock) {
    this.#clock = clock
  }

  async get(key: string): Promise<string | null> {
    const entry = this.texts.get(key)
    return entry !== undefined && entry.until > this.#clock.now() ? entry.text : null
  }

  async set(key: string, text: string, { PX }: { PX: number }): Promise<void> {
    this.texts.set(key, { text, until: this.#clock.now() + PX })
  }

  async del(key: string): Promise<void> {
    this.texts.delete(key)
  }

  async close(): Promise<void> {
    this.open = false
  }
}

/** The guide's custom store. */
export class RedisSessionStore implements SessionStore {
  readonly redis: RedisClient

  constructor(redis: RedisClient) {
    this.redis = redis
  }

  async get(sessionId: string): Promise<SessionRecord | null> {
    const data = await this.redis.get(`session:${sessionId}`)
    return data === null ? null : JSON.parse(data)
  }

  async set(sessionId: string, record: SessionRecord, { ttl }: WriteOptions): Promise<void> {
    await this.redis.set(`session:${sessionId}`, JSON.stringify(record), { PX: Math.ceil(ttl) })
  }

  async destroy(sessionId: string): Promise<void> {
    await this.redis.del(`session:${sessionId}`)
  }

  async dispose(): Promise<void> {
    await this.redis.close()
  }
}
