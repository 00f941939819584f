import { createServer } from 'node:http'
import cookieSession from 'cookie-session'
import express from 'express'
import expressSession from 'express-session'
import express4 from 'express4'
import { expect, test } from 'vitest'
import { session } from '../../../src/adapters/express.ts'
import { AdapterVisitor } from '../../../src/testing/adapter-visitor.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'

test.each([
  ['5', express],
  ['4', express4],
])('express-session has routes of its own beside ours in one app of Express %s', async (_version, make) => {
  const app = make().set('env', 'test')
  const old = expressSession({ secret: 'an-older-secret', resave: false, saveUninitialized: true })
  const { sessions } = startPaced('later')
  const show: express.RequestHandler = (request, response) => {
    request.session.visits = (request.session.visits ?? 0) + 1
    response.json([request.session.visits, request.sessionID === request.session.id])
  }
  app.use('/old', old, show)
  app.use('/new', session(sessions), show)
  const origin = `http://127.0.0.1:${await servingPort(createServer(app))}`
  const visitor = new AdapterVisitor({ origin, close: () => {} })
  const seen: unknown[] = []
  for (const path of ['/old', '/new', '/old', '/new']) seen.push(await visitor.json(path))
  expect(seen).toEqual([
    [1, true],
    [1, true],
    [2, true],
    [2, true],
  ])
})

test('a sessionID that somebody assigns is that request’s alone', async () => {
  const app = express().use(session(startPaced('at once').sessions))
  app.get('/', (request, response) => {
    const own = request.sessionID
    if (request.query.assign === 'yes') request.sessionID = 'theirs'
    response.json([own === request.session.id, request.sessionID === 'theirs'])
  })
  const origin = `http://127.0.0.1:${await servingPort(createServer(app))}`
  const seen: unknown[] = []
  for (const query of ['', '?assign=yes', '']) seen.push(await (await fetch(`${origin}/${query}`)).json())
  expect(seen).toEqual([
    [true, false],
    [true, true],
    [true, false],
  ])
})

test('above ours express-session is refused, before it could take our session for its own', async () => {
  const app = express().set('env', 'test')
  app.use(expressSession({ secret: 'an-older-secret', resave: false, saveUninitialized: true }))
  app.get('/old', (request, response) => {
    request.session.visits = (request.session.visits ?? 0) + 1
    response.json(request.session.visits)
  })
  app.use(session(startPaced('later').sessions))
  app.get('/new', (request, response) => {
    request.session.visits = 1
    response.end('not to come')
  })
  app.use(codeAsAnswer)
  const origin = `http://127.0.0.1:${await servingPort(createServer(app))}`
  const visitor = new AdapterVisitor({ origin, close: () => {} })
  expect(await visitor.json('/old')).toBe(1)
  expect(await visitor.json('/new')).toEqual(['ERR_CONFIG_INVALID', 'express-session'])
  expect(await visitor.json('/old')).toBe(2)
})

test('above ours cookie-session is refused, before it could write our data into its cookie', async () => {
  const app = express().set('env', 'test')
  app.use(cookieSession({ keys: ['an-older-secret'] }), session(startPaced('later').sessions))
  app.get('/', (request, response) => {
    request.session.apiKey = 'for the server alone'
    response.end('not to come')
  })
  app.use(codeAsAnswer)
  const response = await fetch(`http://127.0.0.1:${await servingPort(createServer(app))}/`)
  expect(await response.json()).toEqual(['ERR_CONFIG_INVALID', 'cookie-session'])
  expect(response.headers.getSetCookie()).toEqual([])
})

test.each(PACES)(
  'below ours cookie-session has its own, and neither touches the other’s, with a store that answers %s',
  async (pace) => {
    const { sessions, store } = startPaced(pace)
    const app = express().set('env', 'test')
    app.use('/new', session(sessions))
    app.get('/new/sign-in', (request, response) => {
      request.session.userId = 'ann'
      request.session.apiKey = 'for the server alone'
      response.end()
    })
    app.use(cookieSession({ name: 'old', keys: ['an-older-secret'] }))
    app.get('/old', (request, response) => {
      request.session.visits = (request.session.visits ?? 0) + 1
      response.json(request.session.visits)
    })
    const origin = `http://127.0.0.1:${await servingPort(createServer(app))}`
    const signedIn = await fetch(`${origin}/new/sign-in`)
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    // Of neither: it passes both.
    const missing = await fetch(`${origin}/new/favicon.ico`, { headers: { cookie } })
    expect([missing.status, missing.headers.getSetCookie()]).toEqual([404, []])
    expect(await (await fetch(`${origin}/old`, { headers: { cookie } })).json()).toBe(1)
    const { records } = await store.entries()
    expect(records.map(({ data }) => JSON.parse(data))).toEqual([
      { userId: 'ann', apiKey: 'for the server alone' },
    ])
  },
)

const codeAsAnswer: express.ErrorRequestHandler = (error, _request, response, _next) => {
  response.json([error.code, /belongs to ([\w-]+)/.exec(error.message)?.[1]])
}
