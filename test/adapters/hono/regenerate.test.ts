import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { type SessionEnv, session } from '../../../src/adapters/hono.ts'
import { createSessions } from '../../../src/index.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'

test('c.var.session is the new object after regenerate(callback), the inner manager keeps its own [peers 5.1]', async () => {
  const secret = 'hono-regenerate-0123456789-abcdefghij'
  const [outer, inner] = ['one', 'two'].map((name) =>
    createSessions({ secret, store: new MemorySessionStore(), cookie: { name } }),
  )
  if (outer === undefined || inner === undefined) throw new Error('Two managers were made.')
  const app = new Hono<SessionEnv>()
  app.use(session(outer))
  app.get('/', async (c) => {
    const old = c.var.session
    await new Promise<void>((resolve) => void old.regenerate(() => resolve()))
    c.var.session.came = 'fresh'
    return c.json({ same: c.var.session === old, fresh: { ...c.var.session } })
  })
  app.get('/inner', async (c, next) => {
    const old = c.var.session
    return session(inner)(c, async () => {
      await next()
      const own = c.var.session
      await new Promise<void>((resolve) => void old.regenerate(() => resolve()))
      own.kept = c.var.session === own
      c.res = c.json({ kept: own.kept })
    })
  })
  expect(await (await app.request('/')).json()).toEqual({ same: false, fresh: { came: 'fresh' } })
  expect(await (await app.request('/inner')).json()).toEqual({ kept: true })
})
