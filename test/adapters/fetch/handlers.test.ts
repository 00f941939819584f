import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { session } from '../../../src/adapters/fetch.ts'
import { PACES, startPaced } from '../harness/paced.ts'

describe.each(PACES)('the fetch adapter, with a store that answers %s', (pace) => {
  test('hands on what the runtime gives beside the request', async () => {
    const handler = session(
      startPaced(pace).sessions,
      (_request, _context, env: { name: string }, context: { waitUntil(work: Promise<void>): void }) => {
        context.waitUntil(Promise.resolve())
        return new Response(env.name)
      },
    )
    const waitUntil = vi.fn()
    const response = await handler(new Request('http://localhost/'), { name: 'worker' }, { waitUntil })
    expect(await response.text()).toBe('worker')
    expect(waitUntil).toHaveBeenCalledOnce()
  })

  test('passes on what the handler throws, and saves nothing then', async () => {
    const { sessions, memory } = startPaced(pace)
    const handler = session(sessions, (_request, { session }) => {
      session.visits = 1
      throw new Error('a redirect, as some frameworks throw them')
    })
    await expect(handler(new Request('http://localhost/'))).rejects.toThrow('a redirect')
    expect(memory.count()).toBe(0)
  })

  test('answers 503 to a failed load and save, lets the body go, and shows the error on the console [P2] [P11]', async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => shown.mockRestore())
    const { sessions, store } = startPaced(pace)
    const cancel = vi.fn()
    const handler = session(sessions, (_request, { session }) => {
      session.visits = 1
      return new Response(new ReadableStream({ cancel }))
    })
    const [cookie = ''] = (await handler(new Request('http://localhost/'))).headers.getSetCookie()
    store.fail('*')
    const unsaved = await handler(new Request('http://localhost/'))
    expect([unsaved.status, await unsaved.json()]).toEqual([503, { error: expect.any(String) }])
    expect(cancel).toHaveBeenCalledOnce()
    const unloaded = await handler(new Request('http://localhost/', { headers: { cookie } }))
    expect(unloaded.status).toBe(503)
    expect(shown).toHaveBeenCalledTimes(2)
  })

  test('leaves a response that can have no copy as it is', async () => {
    const handler = session(startPaced(pace).sessions, (_request, { session }) => {
      session.visits = 1
      return Response.error()
    })
    expect((await handler(new Request('http://localhost/'))).type).toBe('error')
  })

  test('gives the new session after regenerate(callback)', async () => {
    const { sessions } = startPaced(pace)
    const handler = session(sessions, async (_request, context) => {
      const old = context.session
      await new Promise<void>((resolve) => old.regenerate(() => resolve()))
      context.session.came = 'fresh'
      return Response.json(context.session !== old)
    })
    const response = await handler(new Request('http://localhost/'))
    expect(await response.json()).toBe(true)
    expect(response.headers.getSetCookie()).toHaveLength(1)
  })
})
