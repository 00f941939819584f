import { Hono } from 'hono'
import { type APIGatewayProxyResult, handle, type LambdaEvent } from 'hono/aws-lambda'
import { expect, test } from 'vitest'
import { type SessionEnv, session } from '../../../src/adapters/hono.ts'
import { createSessions } from '../../../src/core/sessions.ts'
import { DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import { serveDynamoDb } from './served.ts'

const served = serveDynamoDb((client) => new DynamoDbSessionStore(client).migrate())

interface Data {
  userId: string
  visits: number
}

/** A function as Lambda starts it: each has a manager of its own. */
function startFunction(): (path: string, cookies: string[]) => Promise<{ body: string; cookies: string[] }> {
  const store = new DynamoDbSessionStore(served.client)
  const sessions = createSessions<Data>({ secret: 'a secret of these tests: 0123456789', store })
  const app = new Hono<SessionEnv<Data>>()
  app.use(session(sessions))
  app.get('/visits', (c) => {
    c.var.session.visits = (c.var.session.visits ?? 0) + 1
    return c.json({ ...c.var.session.toJSON() })
  })
  app.get('/login', (c) => {
    c.var.session.userId = 'ann'
    return c.redirect('/visits')
  })
  app.get('/logout', async (c) => {
    await c.var.session.destroy()
    return c.text('bye')
  })
  const handler = handle(app)
  return async (path, cookies) => {
    const answer: APIGatewayProxyResult = await handler(eventOf(path, cookies))
    const given = 'cookies' in answer && Array.isArray(answer.cookies) ? answer.cookies : []
    return { body: answer.body, cookies: given.map((line) => String(line).split(';', 1)[0] ?? '') }
  }
}

/** An event of a function URL, or of an HTTP API of API Gateway: cookies come as a list. */
function eventOf(rawPath: string, cookies: string[]): LambdaEvent {
  return {
    version: '2.0',
    routeKey: '$default',
    headers: { host: 'shop.example', 'x-forwarded-proto': 'https' },
    rawPath,
    rawQueryString: '',
    cookies,
    body: null,
    isBase64Encoded: false,
    requestContext: {
      accountId: 'anonymous',
      apiId: 'shop',
      authentication: null,
      authorizer: {},
      domainName: 'shop.example',
      domainPrefix: 'shop',
      http: { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'tests' },
      requestId: 'id',
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
  }
}

test('a session goes on in another Lambda function, gets a new id at login, and ends in all of them [P2] [P4] [P5]', async () => {
  const [one, other] = [startFunction(), startFunction()]
  const first = await one('/visits', [])
  expect(first.cookies).toHaveLength(1)
  expect((await other('/visits', first.cookies)).body).toBe('{"visits":2}')
  const login = await other('/login', first.cookies)
  expect(login.cookies).not.toEqual(first.cookies)
  expect((await one('/visits', login.cookies)).body).toBe('{"visits":3,"userId":"ann"}')
  expect((await one('/visits', first.cookies)).body).toBe('{"visits":1}')
  await one('/logout', login.cookies)
  expect((await other('/visits', login.cookies)).body).toBe('{"visits":1}')
})
