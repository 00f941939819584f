import { built } from './built.ts'
import { ourStore } from './our-sessions.ts'
import { type SampleData, SECRET, sampleVisitors } from './sample-session.ts'
import { ALL_STORES, type Subject } from './subject.ts'

const createApp: Subject = {
  framework: 'hono',
  name: 'createApp',
  kind: 'ours',
  stores: ALL_STORES,
  // The guide's counter. What its session costs elsewhere is what coatcheck costs on Hono.
  routes: ['/write'],
  async serve(setup) {
    const { createApp } = await built<typeof import('../../src/app/index.ts')>('app/index.js')
    const nextVisitor = sampleVisitors(setup.sessionBytes)
    const app = createApp<SampleData>({ sessionSecret: SECRET, sessionStore: await ourStore(setup) })
    app.get('/read', (req, res) => {
      res.json({ email: req.session.email ?? null })
    })
    app.get('/write', (req, res) => {
      req.session.count = (req.session.count ?? 0) + 1
      res.json({ count: req.session.count })
    })
    app.get('/plain', (_req, res) => {
      res.json({ ok: true })
    })
    app.get('/login', (req, res) => {
      Object.assign(req.session, nextVisitor())
      res.json({ ok: true })
    })
    return app.listen(0, '127.0.0.1')
  },
}

/** Every server made with `createApp`. It stands on Hono, and is compared with it. */
export const appSubjects: readonly Subject[] = [createApp]
