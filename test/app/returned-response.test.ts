import { HTTPException } from 'hono/http-exception'
import { describe, expect, test } from 'vitest'
import type { Handler } from '../../src/app/index.ts'
import { serve, testApp } from './serving.ts'

const INTERNAL = '{"error":"Internal Server Error"}'
const USED = expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(/sent before/) })

/** A response of the platform's, also where @hono/node-server has put a class of its own in that one's place. */
function fetched(): Promise<Response> {
  return fetch('data:text/plain,report')
}

async function used(): Promise<Response> {
  const response = await fetched()
  await response.text()
  return response
}

/** An app with one page that answers, and what its `onError` is told. */
function appOf(answer: Handler) {
  const told: unknown[] = []
  const app = testApp<{ name: string }>({ onError: (error) => told.push(error) })
  app.all('/', answer)
  return { app, told }
}

describe.each(['without a server', 'at a Node server'])('a Response that is returned %s', (where) => {
  async function askerOf(
    app: ReturnType<typeof appOf>['app'],
  ): Promise<(init?: RequestInit) => Promise<Response>> {
    if (where === 'without a server') return async (init) => app.request('/', init)
    const url = await serve(app)
    return (init) => fetch(url, init)
  }

  test.each(['GET', 'HEAD'])('and was read before is an error of %s that is reported', async (method) => {
    for (const header of [null, 'x-a']) {
      const response = await used()
      const { app, told } = appOf((_req, res) => {
        if (header !== null) res.set(header, '1')
        return response
      })
      const answer = await (await askerOf(app))({ method })
      expect([answer.status, await answer.text()]).toEqual([500, method === 'HEAD' ? '' : INTERNAL])
      expect(told).toEqual([USED])
    }
  })

  test('and was sent before is an error that is reported', async () => {
    const shared = await fetched()
    const { app, told } = appOf(() => shared)
    const ask = await askerOf(app)
    expect(await (await ask()).text()).toBe('report')
    expect([(await ask()).status, (await ask({ method: 'HEAD' })).status]).toEqual([500, 500])
    expect(told).toEqual([USED, USED])
  })

  test('may be sent any number of times when it has no body, or as a clone', async () => {
    const [none, page] = [new Response(null, { status: 204 }), await fetched()]
    for (const answer of [() => none, () => page.clone()]) {
      const { app, told } = appOf(answer)
      const ask = await askerOf(app)
      for (const method of ['GET', 'HEAD', 'GET', 'GET']) {
        const text = await (await ask({ method })).text()
        expect(text).toBe(answer() === none || method === 'HEAD' ? '' : 'report')
      }
      expect(told).toEqual([])
    }
  })

  test('and was read before leaves the answer to an error, and the cookie of a new id in it [P2]', async () => {
    const response = await used()
    const { app } = appOf(async ({ session }) => {
      if (session.name === undefined) {
        session.name = 'ann'
        return new Response(null)
      }
      await session.regenerate({ keep: true })
      return response
    })
    const ask = await askerOf(app)
    const cookie = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? 'none'
    const first = cookie(await ask())
    const answer = await ask({ headers: { cookie: first } })
    expect(answer.status).toBe(500)
    expect(cookie(answer)).toMatch(/^sid=/)
    expect(cookie(answer)).not.toBe(first)
  })

  test('by the HTTPException of Hono middleware, and was read before, is an error that is reported', async () => {
    const res = await used()
    const { app, told } = appOf(() => {
      throw Object.assign(new HTTPException(401), { getResponse: () => res })
    })
    const answer = await (await askerOf(app))()
    expect([answer.status, await answer.text()]).toEqual([500, INTERNAL])
    expect(told).toEqual([USED])
  })
})

test('a text that is returned again and again is sent again and again at a Node server', async () => {
  const { app, told } = appOf(() => page)
  const url = await serve(app)
  const page = new Response('report')
  for (let time = 0; time < 3; time++) expect(await (await fetch(url)).text()).toBe('report')
  expect(told).toEqual([])
})
