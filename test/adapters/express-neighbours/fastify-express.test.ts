import { createServer } from 'node:http'
import express, { type RequestHandler } from 'express'
import { expect, test } from 'vitest'
import { session } from '../../../src/adapters/express.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'

/** As @fastify/express 4 does: has a response look sent as soon as `send` is called, before it is. */
const looksSent: RequestHandler = (_request, response, next) => {
  const { send } = response
  let sent = false
  response.send = (body) => {
    sent = true
    return send.call(response, body)
  }
  Object.defineProperty(response, 'headersSent', { get: () => sent, configurable: true })
  next()
}

test.each(PACES)(
  'a response that looks sent before it is has its session’s cookie, with a store that answers %s [P9]',
  async (pace) => {
    const { sessions } = startPaced(pace)
    const app = express().use(looksSent, session(sessions))
    app.get('/', (request, response) => {
      request.session.visits = 1
      response.json({ ok: true })
    })
    const port = await servingPort(createServer(app))
    const { status, headers } = await fetch(`http://127.0.0.1:${port}/`)
    expect([status, headers.getSetCookie().length, headers.get('cache-control')]).toEqual([
      200,
      1,
      'no-store',
    ])
  },
)
