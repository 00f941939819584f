import { expect, test } from 'vitest'
import { createApp } from '../../src/app/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import type { Visitor } from '../../src/testing/visitor.ts'
import { laterStore } from '../engine/later-store.ts'
import { visitorOf } from './serving.ts'

// The second factor of docs/sign-in.md.

const RIGHT = '000057'

const STORES = [
  ['at once', () => new MemorySessionStore()],
  ['later', () => laterStore(new MemorySessionStore())],
] as const

test.each(STORES)(
  'of 20 codes of a second factor that are sent in parallel, three are compared, with a store that answers %s [P3] [P4]',
  async (_pace, makeStore) => {
    const compared: string[] = []
    const app = createApp<{ userId: string; pending: string; tries: number }>({
      sessionSecret: 'a secret of the second factor: 0123456789',
      sessionStore: makeStore(),
    })
    app.post('/login', async (req, res) => {
      await req.session.regenerate()
      req.session.pending = '123'
      return res.json({ next: '/code' })
    })
    app.post('/code', async (req, res) => {
      const { code } = await req.body
      if (!req.session.has('pending')) return res.status(401).json({ error: 'Enter your password first' })
      const counted = await req.session.update((session) => {
        session.tries = (session.tries ?? 0) + 1
      })
      const { pending, tries = 0 } = req.session
      if (!counted || pending === undefined)
        return res.status(401).json({ error: 'Enter your password first' })
      if (tries > 3) {
        await req.session.destroy()
        return res.status(429).json({ error: 'Enter your password again' })
      }
      compared.push(String(code))
      if (code !== RIGHT) return res.status(401).json({ error: 'Wrong code' })
      delete req.session.pending
      delete req.session.tries
      req.session.userId = pending
      return res.json({ success: true })
    })
    app.get('/me', (req, res) => res.json({ me: req.session.userId ?? null }))
    const visitor = await visitorOf(app)
    await visitor.post('/login')
    const thief = visitor.copy()
    const tries = Array.from({ length: 20 }, (_, at) => thief.copy().post('/code', { code: `1000${at}` }))
    const answers = await Promise.all(tries)
    expect(compared).toHaveLength(3)
    expect(answers.some(({ status }) => status === 200)).toBe(false)
    expect((await thief.post('/code', { code: RIGHT })).status).toBe(401)
    await signIn(visitor)
    expect(await (await visitor.get('/me')).json()).toEqual({ me: '123' })
  },
)

async function signIn(visitor: Visitor): Promise<void> {
  await visitor.post('/login')
  expect((await visitor.post('/code', { code: '999999' })).status).toBe(401)
  expect((await visitor.post('/code', { code: RIGHT })).status).toBe(200)
}
