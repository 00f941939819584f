import cookieParser from 'cookie-parser'
import { rateLimit } from 'express-rate-limit'
import helmet from 'helmet'
import multer from 'multer'
import { expect, test } from 'vitest'
import { startExpress } from './start.ts'

test('helmet sets its headers beside the cookie, also on the error of a failed save', async () => {
  const { visitor, store } = await startExpress((app) => {
    app.use(helmet())
    app.get('/', (request, response) => {
      request.session.visits = (request.session.visits ?? 0) + 1
      response.json({})
    })
  })
  const reply = await visitor.visit('/')
  expect(reply.setCookies).toHaveLength(1)
  expect(reply.headers.get('content-security-policy')).toContain("default-src 'self'")
  store.fail('replace')
  const failed = await visitor.visit('/')
  expect([failed.status, failed.headers.get('x-content-type-options')]).toEqual([503, 'nosniff'])
})

test('cookie-parser reads the app’s cookies, and the session its own', async () => {
  const { visitor } = await startExpress((app) => {
    app.use(cookieParser('a-secret-of-the-app'))
    app.get('/set', (request, response) => {
      request.session.visits = 1
      response.cookie('plain', 'p').cookie('signed', 's', { signed: true }).json({})
    })
    app.get('/read', (request, response) => {
      const { visits } = request.session
      response.json({ plain: request.cookies.plain, signed: request.signedCookies.signed, visits })
    })
  })
  await visitor.json('/set')
  expect(await visitor.json('/read')).toEqual({ plain: 'p', signed: 's', visits: 1 })
})

test('multer: the session is there before and after an upload', async () => {
  const { visitor } = await startExpress((app) => {
    app.post('/', multer().single('photo'), (request, response) => {
      request.session.uploads = [...(request.session.uploads ?? []), request.file?.originalname]
      response.json(request.session)
    })
  })
  for (const name of ['one.png', 'two.png']) {
    const body = new FormData()
    body.set('photo', new Blob(['x'.repeat(100_000)]), name)
    expect((await visitor.visit('/', { method: 'POST', body })).status).toBe(200)
  }
  const last = new FormData()
  last.set('photo', new Blob(['x']), 'three.png')
  const { body } = await visitor.visit('/', { method: 'POST', body: last })
  expect(JSON.parse(body)).toEqual({ uploads: ['one.png', 'two.png', 'three.png'] })
})

test('express-rate-limit counts by session', async () => {
  const { visitor } = await startExpress((app) => {
    app.get('/begin', (request, response) => {
      request.session.visits = 1
      response.json({})
    })
    app.use(rateLimit({ limit: 2, keyGenerator: (request) => request.sessionID, validate: false }))
    app.get('/', (_request, response) => void response.json({}))
  })
  const other = visitor.copy()
  await visitor.json('/begin')
  await other.json('/begin')
  const statuses: number[] = []
  for (const browser of [visitor, visitor, visitor, other]) statuses.push((await browser.visit('/')).status)
  expect(statuses).toEqual([200, 200, 429, 200])
})
