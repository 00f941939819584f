import { createServer } from 'node:http'
import express from 'express'
import { expect, test, vi } from 'vitest'
import { session } from '../../src/adapters/express.ts'
import { AdapterVisitor } from '../../src/testing/adapter-visitor.ts'
import { servingPort, startPaced } from './harness/paced.ts'

test('managers of two copies of the package, one in the other, each keep their session', async () => {
  const app = express()
  const { sessions: outer } = startPaced('later')
  app.use(session(outer))
  app.get('/sign-in', (request, response) => {
    request.session.userId = 'ann'
    response.json(request.session.toJSON())
  })
  app.get('/me', (request, response) => void response.json(request.session.toJSON()))

  vi.resetModules()
  const other = {
    ...(await import('../../src/index.ts')),
    ...(await import('../../src/adapters/express.ts')),
    ...(await import('../../src/stores/memory.ts')),
  }
  expect(other.session).not.toBe(session)
  const inner = other.createSessions({
    secret: 'the secret of the other copy: 4c1e8d20b7',
    store: new other.MemorySessionStore(),
    cookie: { name: 'inner' },
  })
  app.use('/part', other.session(inner), (request, response) => {
    request.session.part = 1
    response.json(request.session.toJSON())
  })

  const origin = `http://127.0.0.1:${await servingPort(createServer(app))}`
  const visitor = new AdapterVisitor({ origin, close: () => {} })
  expect(await visitor.json('/sign-in')).toEqual({ userId: 'ann' })
  expect(await visitor.json('/part')).toEqual({ part: 1 })
  expect(await visitor.json('/me')).toEqual({ userId: 'ann' })
  expect(await visitor.json('/part')).toEqual({ part: 1 })
})
