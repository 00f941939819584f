import { createSessions } from '../../../src/core/sessions.ts'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { type SiteData, workerSite } from '../worker-site.ts'

// While the module loads, as the docs say: one manager an isolate.
const { SESSION_SECRET = '', UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = process.env
const sessions = createSessions<SiteData>({
  secret: SESSION_SECRET,
  store: new RedisSessionStore({ url, token }),
})

export default workerSite(sessions)
