import { Agent, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Visitor } from '../../../src/testing/visitor.ts'
import { type NitroSites, PRESETS, type Preset, startNitroSites } from '../../runtimes/nitro-site.ts'
import { type RedisServer, startRedis } from '../../servers/redis.ts'
import { type RedisRest, startRedisRest } from '../../servers/redis-rest.ts'
import { silenceConsole } from '../harness/silence-console.ts'

silenceConsole()

let database: RedisServer
let rest: RedisRest
let sites: NitroSites
beforeAll(async () => {
  database = await startRedis()
  rest = await startRedisRest(database)
  sites = await startNitroSites({ url: database.url, rest })
})
afterAll(async () => {
  await sites?.stop()
  await rest?.close()
  await database?.stop()
})

/** Where the app can be asked before a visitor comes. */
const ASKING_EARLY: readonly Preset[] = ['node-server', 'bun', 'aws-lambda']
/** Where files are sent by the site, and not by what stands in front of it. */
const WITH_FILES: readonly Preset[] = ['node-server', 'bun']

function visitorOf(preset: Preset): Visitor {
  return new Visitor(sites.urlOf(preset))
}

async function shownTo(visitor: Visitor): Promise<unknown> {
  return (await visitor.get('/shown')).json()
}

async function signedIn(preset: Preset, name: string): Promise<Visitor> {
  const visitor = visitorOf(preset)
  await visitor.post('/login', { name })
  return visitor
}

/** Asks for a page with a visitor's cookies, over one of few connections. */
function askOver(agent: Agent, preset: Preset, path: string, { cookieHeader }: Visitor): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { agent, headers: { cookie: cookieHeader } }
    request(new URL(path, sites.urlOf(preset)), options, (answer) => resolve(json(answer)))
      .on('error', reject)
      .end()
  })
}

test("the site compiles with Nitro's own types, and a handler's session has the type of the app's data", async () => {
  expect(await sites.typeErrors()).toBe('')
})

describe.each(PRESETS)('on Nitro 2, built for %s', (preset) => {
  test('a visit without a session gets no cookie [P1]', async () => {
    const visitor = visitorOf(preset)
    expect(await shownTo(visitor)).toEqual({})
    expect(visitor.cookieHeader).toBe('')
  })

  test('what a handler writes is there in the next visit, by a cookie that is safe [P2] [P9]', async () => {
    const visitor = visitorOf(preset)
    const answer = await visitor.post('/count')
    const [line = ''] = answer.headers.getSetCookie()
    expect(line).toMatch(/^__Host-Http-sid=[\w-]{43}\.[\w-]{43}; /)
    expect(new Set(line.toLowerCase().split('; ').slice(1))).toEqual(
      new Set(['path=/', 'httponly', 'secure', 'samesite=lax']),
    )
    expect(answer.headers.get('cache-control')).toContain('no-store')
    await visitor.post('/count')
    expect(await shownTo(visitor)).toEqual({ visits: 2 })
  })

  test('a login changes the ticket, and the old one is dead [P5]', async () => {
    const visitor = visitorOf(preset)
    await visitor.post('/count')
    const before = visitor.copy()
    const answer = await visitor.post('/login', { name: 'ann' })
    expect(answer.headers.getSetCookie()).toHaveLength(1)
    expect(await answer.json()).toEqual({ userId: 'ann', visits: 1 })
    expect(await shownTo(visitor)).toEqual({ userId: 'ann', visits: 1 })
    expect(await shownTo(before)).toEqual({})
  })

  test('a login that ends in a redirect comes with its cookie [P2]', async () => {
    const visitor = visitorOf(preset)
    const answer = await visitor.post('/login?go', { name: 'bob' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/shown'])
    expect(await shownTo(visitor)).toEqual({ userId: 'bob' })
  })

  test('a logout ends the session, also for who kept the cookie [P4]', async () => {
    const visitor = await signedIn(preset, 'cleo')
    const thief = visitor.copy()
    expect((await visitor.post('/logout')).status).toBe(204)
    expect(visitor.cookieHeader).toBe('')
    expect(await shownTo(thief)).toEqual({})
  })

  test('what a page asks the app itself for is of the same session, and what is written there is not lost [P3]', async () => {
    const visitor = await signedIn(preset, 'dora')
    const page = { userId: 'dora', visits: 3 }
    const asked = [
      { userId: 'dora', visits: 1 },
      { userId: 'dora', visits: 1 },
    ]
    expect(await (await visitor.get('/page')).json()).toEqual({ asked, ...page })
    expect(await shownTo(visitor)).toEqual(page)
  })

  test('a new visitor has one session too, whatever a page asks the app for', async () => {
    const visitor = visitorOf(preset)
    const answer = await visitor.get('/page')
    expect(answer.headers.getSetCookie()).toHaveLength(1)
    expect(await answer.json()).toEqual({ asked: [{ visits: 1 }, { visits: 1 }], visits: 3 })
    expect(await shownTo(visitor)).toEqual({ visits: 3 })
  })

  test('a login that a page asks the app for changes the ticket once, and its cookie comes with the page [P5]', async () => {
    const visitor = visitorOf(preset)
    await visitor.post('/count')
    const before = visitor.copy()
    const answer = await visitor.get('/welcome')
    expect(answer.headers.getSetCookie()).toHaveLength(1)
    expect(await answer.json()).toEqual({ userId: 'ann', visits: 2 })
    expect(await shownTo(visitor)).toEqual({ userId: 'ann', visits: 2 })
    expect(await shownTo(before)).toEqual({})
  })

  test('visitors at once, over few connections that are kept, have their own sessions each', async () => {
    const [eve, fay] = [await signedIn(preset, 'eve'), await signedIn(preset, 'fay')]
    const agent = new Agent({ keepAlive: true, maxSockets: 3 })
    const asked = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? eve : fay))
    const pages = await Promise.all(asked.map((visitor) => askOver(agent, preset, '/mirror', visitor)))
    agent.destroy()
    const seen = (userId: string): object => ({ userId, asked: [{ userId }, { userId }] })
    expect(pages).toEqual(asked.map((visitor) => seen(visitor === eve ? 'eve' : 'fay')))
  })

  test('of updates at once none is lost [P3]', async () => {
    const visitor = visitorOf(preset)
    await visitor.post('/count')
    await Promise.all(Array.from({ length: 20 }, () => visitor.post('/count-surely')))
    expect(await shownTo(visitor)).toEqual({ visits: 21 })
  })

  test('what is written before an error of a handler is saved, and Nitro answers', async () => {
    const visitor = visitorOf(preset)
    const answer = await visitor.post('/broken')
    expect(answer.status).toBe(500)
    expect(await answer.json()).toMatchObject({ error: true, statusCode: 500 })
    expect(await shownTo(visitor)).toEqual({ visits: 2 })
  })

  test('a page for errors has the session, as has what it asks the app for', async () => {
    const visitor = await signedIn(preset, 'gus')
    const answer = await visitor.post('/broken?shown')
    const session = { userId: 'gus', visits: 2 }
    expect([answer.status, await answer.json()]).toEqual([500, { ...session, asked: session }])
  })

  test('what nothing answers to is not found, and is no session [P1]', async () => {
    const visitor = visitorOf(preset)
    expect((await visitor.get('/nowhere')).status).toBe(404)
    expect(visitor.cookieHeader).toBe('')
  })

  test('a stream comes whole, with the cookie of what was written before it [P2]', async () => {
    const visitor = visitorOf(preset)
    expect(await (await visitor.get('/stream')).text()).toBe('one two three')
    expect(await shownTo(visitor)).toEqual({ visits: 1 })
  })

  test('a session goes on at another server', async () => {
    const visitor = await signedIn(preset, 'hal')
    for (const other of PRESETS) {
      const there = visitorOf(other)
      for (const [name, value] of visitor.cookies) there.cookies.set(name, value)
      expect(await shownTo(there)).toEqual({ userId: 'hal' })
    }
  })
})

test.each(ASKING_EARLY)('on %s, the app can ask itself at its start, on behalf of nobody', async (preset) => {
  expect(await (await visitorOf(preset).get('/start')).json()).toEqual([{}, {}])
})

test.each(WITH_FILES)('files are sent by %s, to everybody alike', async (preset) => {
  for (const visitor of [visitorOf(preset), await signedIn(preset, 'ida')]) {
    const answers = [await visitor.get('/about.txt'), await visitor.get('/_nuxt/entry.js')]
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual([
      'the same for all\n',
      "console.log('built')\n",
    ])
    for (const { headers } of answers) expect(headers.getSetCookie()).toEqual([])
  }
})

describe('while the store is down', () => {
  const known = new Map<Preset, Visitor>()
  beforeAll(async () => {
    for (const preset of PRESETS) known.set(preset, await signedIn(preset, 'jo'))
    await database.kill()
  })
  afterAll(() => database.restart())

  const VISITS = [
    ['GET', '/shown'],
    ['GET', '/page'],
    ['GET', '/welcome'],
    ['GET', '/stream'],
    ['POST', '/count'],
    ['POST', '/login'],
    ['POST', '/login?go'],
    ['POST', '/logout'],
    ['POST', '/broken'],
  ] as const

  const LOGIN = { body: '{"name":"kim"}', headers: { 'content-type': 'application/json' } }

  const REFUSED = {
    status: 503,
    cookies: [],
    body: '{"error":"The session store is not available. Try again shortly."}',
  }

  async function answersTo(
    visitor: Visitor,
    visits: ReadonlyArray<readonly [string, string]>,
  ): Promise<object[]> {
    const answers = visits.map(async ([method, path]) => {
      const answer = await visitor.send(path, { method, ...(path.startsWith('/login') && LOGIN) })
      const { status, headers } = answer
      return { path, status, cookies: headers.getSetCookie(), body: await answer.text() }
    })
    return Promise.all(answers)
  }

  test.each(PRESETS)('no session is found on %s, and that is an error [P11]', async (preset) => {
    const visitor = known.get(preset) ?? visitorOf(preset)
    const refused = VISITS.map(([, path]) => ({ path, ...REFUSED }))
    expect(await answersTo(visitor, VISITS)).toEqual(refused)
  })

  test.each(PRESETS)('what is not saved on %s is an error [P2]', async (preset) => {
    const writing = VISITS.filter(([, path]) => !['/shown', '/logout'].includes(path))
    const refused = writing.map(([, path]) => ({ path, ...REFUSED }))
    expect(await answersTo(visitorOf(preset), writing)).toEqual(refused)
  })

  test.each(PRESETS)('who has no session is served on %s all the same [P1]', async (preset) => {
    expect(await shownTo(visitorOf(preset))).toEqual({})
  })
})
