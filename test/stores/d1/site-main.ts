import { env } from 'cloudflare:workers'
import { createSessions } from '../../../src/core/sessions.ts'
import { D1SessionStore } from '../../../src/stores/d1.ts'
import { type SiteData, workerSite } from '../worker-site.ts'
import { lateBasicStore, lateBinding } from './late-stores.ts'

// While the module loads, as the docs say: one manager an isolate.
const store = new D1SessionStore(env.DB)
const sessions = createSessions<SiteData>({ secret: env.SESSION_SECRET, store })

const app = workerSite(sessions)

// The same far away, and on a store that can do nothing in one step, for clients that leave in the middle.
for (const [path, slow] of [
  ['/late', new D1SessionStore(lateBinding(env.DB), { cleanupInterval: false })],
  ['/basic', lateBasicStore()],
] as const) {
  const name = path.slice(1)
  const away = createSessions<SiteData>({ secret: env.SESSION_SECRET, store: slow, cookie: { name } })
  app.route(path, workerSite(away))
}

app.post('/migrate', async (c) => {
  await store.migrate()
  return c.body(null, 204)
})
app.get('/count', async (c) => c.json(await new D1SessionStore(env.DB).count())) // made for this request
app.post('/clean', async (c) => c.json(await store.deleteExpired()))

export default app
