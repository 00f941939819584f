import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Visitor } from '../../../src/testing/visitor.ts'
import { type NextSite, startNextSite } from '../../runtimes/next-site.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { type RedisRest, startRedisRest } from '../../servers/redis-rest.ts'

let database: RedisServer
let rest: RedisRest
let site: NextSite
beforeAll(async () => {
  database = await startRedis()
  rest = await startRedisRest(database)
  site = await startNextSite(rest)
})
afterAll(async () => {
  await site?.stop()
  await rest?.close()
  await database?.stop()
})

interface Shown {
  userId?: string
  visits?: number
}

/** Gives what a page says it has read, as JSON text between tags. */
async function shownIn(response: Response): Promise<Shown> {
  const [, text = 'nothing was shown'] = /<output>(.*?)<\/output>/.exec(await response.text()) ?? []
  return JSON.parse(text.replaceAll('&quot;', '"'))
}

async function shownTo(visitor: Visitor): Promise<Shown> {
  return shownIn(await visitor.get('/'))
}

/** Gives by what name Next knows an action. */
async function idOf(action: string): Promise<string> {
  const page = await (await new Visitor(site.url).get('/')).text()
  const [form = ''] = new RegExp(`<form[^>]* id="${action}".*?</form>`).exec(page) ?? []
  const [, id = 'no such form'] = /<input type="hidden" name="\$ACTION_ID_([^"]*)"/.exec(form) ?? []
  return id
}

/** Calls an action, as React does in the browser. */
async function call(visitor: Visitor, action: string): Promise<string> {
  const headers = { 'next-action': await idOf(action), accept: 'text/x-component', origin: site.url }
  const answer = await visitor.send('/', { method: 'POST', body: '[]', headers })
  return answer.text()
}

/** Submits the form of an action, as a browser without scripts does. */
async function act(visitor: Visitor, action: string, fields: Record<string, string> = {}): Promise<Response> {
  const body = new FormData()
  body.set(`$ACTION_ID_${await idOf(action)}`, '')
  for (const [name, value] of Object.entries(fields)) body.set(name, value)
  return visitor.send('/', { method: 'POST', body, headers: { origin: site.url } })
}

async function signedIn(name: string): Promise<Visitor> {
  const visitor = new Visitor(site.url)
  await act(visitor, 'login', { name })
  return visitor
}

describe('on Next.js, built for production', () => {
  test("the site compiles with Next's own types", async () => {
    expect(await site.typeErrors()).toBe('')
  })

  test('a visit without a session gets no cookie [P1]', async () => {
    const visitor = new Visitor(site.url)
    expect(await shownTo(visitor)).toEqual({})
    expect(visitor.cookieHeader).toBe('')
  })

  test('what an action writes is there at once, in the page that answers it, and later [P1]', async () => {
    const visitor = new Visitor(site.url)
    const answer = await act(visitor, 'login', { name: 'ann' })
    const [line = ''] = answer.headers.getSetCookie()
    expect(line).toMatch(/^__Host-Http-sid=[\w-]{43}\.[\w-]{43}; /)
    expect(new Set(line.toLowerCase().split('; ').slice(1))).toEqual(
      new Set(['path=/', 'httponly', 'secure', 'samesite=lax']),
    )
    expect(await shownIn(answer)).toEqual({ userId: 'ann' })
    expect(await shownTo(visitor)).toEqual({ userId: 'ann' })
  })

  test('caches keep neither what an action answers nor a page that reads a session [P9]', async () => {
    const visitor = new Visitor(site.url)
    const answers = [await act(visitor, 'login', { name: 'ann' }), await visitor.get('/')]
    for (const { headers } of answers) expect(headers.get('cache-control')).toContain('no-store')
  })

  test('a login that ends in a redirect is saved, and changes the ticket [P5]', async () => {
    const visitor = new Visitor(site.url)
    await act(visitor, 'count')
    const before = visitor.copy()
    const answer = await act(visitor, 'login', { name: 'bob', go: '1' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/?welcome'])
    expect(await shownTo(visitor)).toEqual({ userId: 'bob', visits: 1 })
    expect(await shownTo(before)).toEqual({})
  })

  test('a logout ends the session, also for who kept the cookie [P4]', async () => {
    const visitor = await signedIn('cleo')
    const thief = visitor.copy()
    const answer = await act(visitor, 'logout')
    expect(await shownIn(answer)).toEqual({})
    expect(visitor.cookieHeader).toBe('')
    expect(await shownTo(thief)).toEqual({})
  })

  test('two calls in one action of a new visitor are of one session', async () => {
    const visitor = new Visitor(site.url)
    expect(await shownIn(await act(visitor, 'countTwice'))).toEqual({ visits: 2 })
    expect(await shownTo(visitor)).toEqual({ visits: 2 })
  })

  test('a call within another is of the same session, and so is what is read there', async () => {
    const visitor = new Visitor(site.url)
    await act(visitor, 'countWithin')
    expect(await shownTo(visitor)).toEqual({ visits: 121 })
  })

  test('two calls beside each other, of a new visitor, are of one session [P3] [P5]', async () => {
    const visitor = new Visitor(site.url)
    await act(visitor, 'countBeside')
    expect(await shownTo(visitor)).toEqual({ userId: 'gus', visits: 1 })
  })

  test('a call that goes on after the first one has ended can still sign in, and the next one begins with its cookie [P5]', async () => {
    const visitor = new Visitor(site.url)
    await act(visitor, 'count')
    const before = visitor.copy()
    await act(visitor, 'countBehindEachOther')
    expect(await shownTo(visitor)).toEqual({ userId: 'hal', visits: 6 })
    expect(await shownTo(before)).toEqual({})
  })

  test('a login that begins while another call is being saved is of the session that the other begins [P5]', async () => {
    const visitor = new Visitor(site.url)
    await act(visitor, 'loginWhileSaving')
    expect(await shownTo(visitor)).toEqual({ userId: 'kim', visits: 1 })
  })

  test('a call within another saves nothing that the outer one gives up', async () => {
    const visitor = new Visitor(site.url)
    await act(visitor, 'count')
    expect((await act(visitor, 'countWithinABreak')).status).toBe(500)
    expect(await shownTo(visitor)).toEqual({ visits: 1 })
  })

  test('a cookie that an action takes away by hand is gone for the page that answers it', async () => {
    const visitor = await signedIn('jo')
    expect(await shownIn(await act(visitor, 'forgetCookie'))).toEqual({})
  })

  test('a login is answered with its cookie, also while a call beside it still runs [P5]', async () => {
    const visitor = new Visitor(site.url)
    await act(visitor, 'count')
    await act(visitor, 'loginBesideAnother')
    expect(await shownTo(visitor)).toEqual({ userId: 'ivy', visits: 1 })
  })

  test('what a call has saved stays, with its cookie, when another one beside it breaks', async () => {
    const visitor = new Visitor(site.url)
    await act(visitor, 'countBesideABreak')
    expect(await shownTo(visitor)).toEqual({ visits: 7 })
  })

  test('an action that is called by scripts is answered with the new page where it sets a cookie or revalidates', async () => {
    const visitor = new Visitor(site.url)
    expect(await call(visitor, 'count')).toContain(JSON.stringify('{"visits":1}').slice(1, -1))
    expect(await call(visitor, 'countAndShow')).toContain(JSON.stringify('{"visits":2}').slice(1, -1))
  })

  test('20 updates at once lose none [P3]', async () => {
    const visitor = new Visitor(site.url)
    await act(visitor, 'count')
    await Promise.all(Array.from({ length: 20 }, () => act(visitor, 'countSurely')))
    expect(await shownTo(visitor)).toEqual({ visits: 21 })
  })

  test('what is changed before notFound() is saved', async () => {
    const visitor = new Visitor(site.url)
    expect((await act(visitor, 'countToNowhere')).status).toBe(404)
    expect(await shownTo(visitor)).toEqual({ visits: 404 })
  })

  test('what is changed before an error of the app is not saved', async () => {
    const visitor = new Visitor(site.url)
    await act(visitor, 'count')
    expect((await act(visitor, 'countAndBreak')).status).toBe(500)
    expect(await shownTo(visitor)).toEqual({ visits: 1 })
  })

  test('what was saved before an error of the app stays, with its cookie', async () => {
    const visitor = new Visitor(site.url)
    expect((await act(visitor, 'loginAndBreak')).status).toBe(500)
    expect(await shownTo(visitor)).toEqual({ userId: 'fay' })
  })

  test('a redirect is not followed by who could not be saved: the answer is an error, without a cookie [P2]', async () => {
    const visitor = new Visitor(site.url)
    const answer = await act(visitor, 'countWithoutStore')
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([500, []])
  })

  test('a component may not change a session, and nothing is changed', async () => {
    const visitor = await signedIn('dora')
    const told = await shownIn(await visitor.get('/late'))
    expect(told).toMatch(/^UsageError: withSession\(\) was called where Next lets no cookie be set/)
    expect(await shownTo(visitor)).toEqual({ userId: 'dora' })
  })

  test('a route handler on coatcheck/fetch has the same sessions', async () => {
    const visitor = new Visitor(site.url)
    expect((await visitor.post('/api/login', 'eve')).status).toBe(303)
    expect(await shownTo(visitor)).toEqual({ userId: 'eve' })
    await act(visitor, 'count')
    expect(await shownTo(visitor)).toEqual({ userId: 'eve', visits: 1 })
  })

  test('a session in Redis over HTTP is asked for anew each time, also where Next keeps what fetch() is answered [P4]', async () => {
    const visitor = new Visitor(site.url)
    await visitor.post('/api/http/login')
    const before = visitor.copy()
    for (let visit = 0; visit < 2; visit++)
      expect(await shownIn(await visitor.get('/http'))).toEqual({ userId: 'ann' })
    expect((await visitor.post('/api/http/logout')).status).toBe(204)
    expect(await shownIn(await before.get('/http'))).toEqual({})
  })
})
