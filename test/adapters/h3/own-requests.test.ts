import { fetchWithEvent, H3, toResponse } from 'h3'
import { describe, expect, test, vi } from 'vitest'
import { session } from '../../../src/adapters/h3.ts'
import { Visitor } from '../../../src/testing/visitor.ts'
import { PACES, startPaced } from '../harness/paced.ts'

describe.each(PACES)('h3 2, with a store that answers %s', (pace) => {
  test('an app that asks itself does so with the session of who asks it: a login made there is not lost', async () => {
    const { sessions, memory } = startPaced(pace)
    const app = new H3().use(session(sessions, { toResponse }))
    app.post('/login', ({ context }) => {
      if (context.session !== undefined) context.session.userId = 'ann'
      return { ok: true }
    })
    app.get('/', async (event) => {
      const { session } = event.context
      const inner = await fetchWithEvent(event, '/login', { method: 'POST' })
      if (session !== undefined) session.visits = 1
      return { cookies: inner.headers.getSetCookie().length, userId: session?.userId }
    })
    app.get('/look', ({ context }) => context.session?.toJSON())
    const visitor = new Visitor((request) => app.fetch(request))
    expect(await (await visitor.get('/')).json()).toEqual({ cookies: 0, userId: 'ann' })
    expect(await (await visitor.get('/look')).json()).toEqual({ userId: 'ann', visits: 1 })
    expect(memory.size).toBe(1)
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

test('a request that a server has taken in while another is answered has a session of its own', async () => {
  const { sessions } = startPaced('at once')
  const app = new H3().use(session(sessions, { toResponse }))
  const eves = Object.assign(new Request('http://localhost/look'), { runtime: { name: 'node' } })
  app.get('/first', async ({ context }) => {
    context.session.userId = 'ann'
    return (await app.fetch(eves)).json()
  })
  app.get('/look', ({ context }) => context.session.toJSON())
  expect(await (await app.request('/first')).json()).toEqual({})
})
