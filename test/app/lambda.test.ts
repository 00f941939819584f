import { handle } from 'hono/aws-lambda'
import { expect, test } from 'vitest'
import { createApp } from '../../src/app/index.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { laterStore } from '../engine/later-store.ts'
import { SECRET } from './serving.ts'

// docs/app.md: the app on AWS Lambda, by Hono's adapter.

/** What Lambda hands a function for a request by a load balancer (ALB). */
function albEvent(multi: boolean, cookie = ''): Parameters<ReturnType<typeof handle>>[0] {
  const request = { httpMethod: 'GET', path: '/', body: null, isBase64Encoded: false }
  const requestContext = { elb: { targetGroupArn: 'arn' } }
  const event = multi
    ? { ...request, requestContext, multiValueHeaders: { host: ['shop.example'], cookie: [cookie] } }
    : { ...request, requestContext, headers: { host: 'shop.example', cookie } }
  return Object(event)
}

test('behind a load balancer with multi-value headers the session’s cookie goes out beside the app’s own', async () => {
  const app = createApp({ sessionSecret: SECRET, sessionStore: laterStore(new MemorySessionStore()) })
  app.get('/', (req, res) => {
    req.session.visits = Number(req.session.visits ?? 0) + 1
    return res.cookie('theme', 'dark').json({ visits: req.session.visits })
  })
  const handler = handle(app.hono)
  const first = await handler(albEvent(true))
  const lines = Object(first).multiValueHeaders['set-cookie'].map((line: string) => line.split('=')[0])
  expect(lines.sort()).toEqual(['sid', 'theme'])
  const sid = Object(first).multiValueHeaders['set-cookie'].find((line: string) => line.startsWith('sid='))
  const again = await handler(albEvent(true, sid.split(';')[0]))
  expect([again.statusCode, again.body]).toEqual([200, '{"visits":2}'])
  // Without that setting there is room for one, which is why the docs ask for it.
  expect(String(Object(await handler(albEvent(false))).headers['set-cookie'])).toMatch(/^theme=[^,]*$/)
})
