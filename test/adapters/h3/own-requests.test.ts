import { fetchWithEvent, H3, toResponse } from 'h3'
import { describe, expect, test, vi } from 'vitest'
import { session } from '../../../src/adapters/h3.ts'
import { Visitor } from '../../../src/testing/visitor.ts'
import { PACES, startPaced } from '../harness/paced.ts'

describe.each(PACES)('h3 2, with a store that answers %s', (pace) => {
  test('what an app asks itself for with the context of an event is of that event’s session: a login made there is not lost', async () => {
    const { sessions, memory } = startPaced(pace)
    const app = new H3().use(session(sessions, { toResponse }))
    app.post('/login', ({ context }) => {
      context.session.userId = 'ann'
      return { ok: true }
    })
    app.get('/', async ({ context }) => {
      const inner = await app.request('/login', { method: 'POST' }, { ...context })
      context.session.visits = 1
      return { cookies: inner.headers.getSetCookie().length, userId: context.session.userId }
    })
    app.get('/look', ({ context }) => context.session.toJSON())
    const visitor = new Visitor((request) => app.fetch(request))
    expect(await (await visitor.get('/')).json()).toEqual({ cookies: 0, userId: 'ann' })
    expect(await (await visitor.get('/look')).json()).toEqual({ userId: 'ann', visits: 1 })
    expect(memory.size).toBe(1)
  })

  test('what it asks itself for otherwise has the session of the cookie that goes along', async () => {
    const { sessions } = startPaced(pace)
    const app = new H3().use(session(sessions, { toResponse }))
    app.post('/login', ({ context }) => {
      context.session.userId = 'ann'
      return { ok: true }
    })
    app.get('/', async (event) => {
      const seen = [await fetchWithEvent(event, '/look'), await app.request('/look')]
      return Promise.all(seen.map((answer) => answer.json()))
    })
    app.get('/look', ({ context }) => context.session.toJSON())
    const visitor = new Visitor((request) => app.fetch(request))
    await visitor.post('/login')
    expect(await (await visitor.get('/')).json()).toEqual([{ userId: 'ann' }, {}])
  })

  test('hooks hear of each response once, with what the session has done to it', async () => {
    const { sessions } = startPaced(pace)
    const heard = vi.fn((_response: Response) => undefined)
    const app = new H3({ onResponse: heard }).use(session(sessions, { toResponse }))
    app.get('/', ({ context }) => context.session?.toJSON())
    await app.request('/')
    expect(heard.mock.calls.map(([response]) => response.headers.get('cache-control'))).toEqual(['private'])
  })
})
