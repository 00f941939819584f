import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import express from 'express'
import { describe, expect, test } from 'vitest'
import { settle } from '../../engine/later-store.ts'
import { servingPort } from '../harness/paced.ts'
import { type StartedExpress, startExpress } from './start.ts'

// Its types describe an ES module, which it is not.
const grant = createRequire(import.meta.url)('grant')

/** An OAuth 2 provider that lets everybody in: it gives a token for the code it handed out. */
function provider(): Promise<number> {
  const app = express()
  app.get('/authorize', (request, response) => {
    const { redirect_uri, state } = request.query
    response.redirect(`${redirect_uri}?code=the-code&state=${state}`)
  })
  app.post('/token', express.urlencoded(), (request, response) => {
    const right = request.body.code === 'the-code'
    response
      .status(right ? 200 : 400)
      .json(right ? { access_token: 'the-token' } : { error: 'invalid_grant' })
  })
  return servingPort(createServer(app))
}

async function start(): Promise<StartedExpress> {
  const port = await provider()
  return startExpress((app) => {
    app.use((request, response, next) => {
      // The app's own address, which is not known before it listens.
      const redirect_uri = `http://${request.headers.host}/connect/local/callback`
      response.locals.grant = { dynamic: { redirect_uri } }
      next()
    })
    app.use(
      grant.express({
        defaults: { transport: 'session', state: true },
        local: {
          oauth: 2,
          authorize_url: `http://127.0.0.1:${port}/authorize`,
          access_url: `http://127.0.0.1:${port}/token`,
          key: 'key',
          secret: 'secret',
          callback: '/hello',
        },
      }),
    )
    app.get('/hello', (request, response) => void response.json(request.session.grant.response))
    app.get('/look', (request, response) => void response.json(request.session))
  })
}

describe('grant', () => {
  test('carries its state through the session, over all redirects, and leaves the token in it', async () => {
    const { visitor, origin } = await start()
    const begun = await visitor.visit('/connect/local')
    const toProvider = new URL(begun.headers.get('location') ?? '')
    expect(toProvider.searchParams.get('state')).toBeTruthy()
    const granted = await fetch(toProvider, { redirect: 'manual' })
    const back = granted.headers.get('location') ?? ''
    const returned = await visitor.visit(back.slice(origin.length))
    expect(returned.headers.get('location')).toBe('/hello')
    expect(await visitor.json('/hello')).toMatchObject({ access_token: 'the-token' })
  })

  test('waits for the save before it redirects, so that the state is there when the visitor comes back [M6]', async () => {
    const { visitor, store } = await start()
    const gate = store.hold('create')
    let here = false
    const begun = visitor.visit('/connect/local').then((reply) => {
      here = true
      return reply
    })
    await gate.reached
    await settle()
    expect(here).toBe(false)
    gate.release()
    expect((await begun).status).toBe(302)
    expect(await visitor.json('/look')).toMatchObject({ grant: { provider: 'local' } })
  })

  test('a visitor who comes back without the session gets no token', async () => {
    const { visitor } = await start()
    const { headers } = await visitor.visit('/connect/local/callback?code=the-code&state=made-up')
    expect(headers.get('location')).not.toContain('the-token')
    expect((await visitor.visit('/hello')).body).not.toContain('the-token')
  })
})
