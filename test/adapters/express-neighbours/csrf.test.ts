import cookieParser from 'cookie-parser'
import { doubleCsrf } from 'csrf-csrf'
import { describe, expect, test } from 'vitest'
import { type StartedExpress, startExpress } from './start.ts'

function start(): Promise<StartedExpress> {
  const { generateCsrfToken, doubleCsrfProtection } = doubleCsrf({
    getSecret: () => 'a-secret-of-the-csrf-tests-0123456789',
    getSessionIdentifier: (request) => request.session.id,
    cookieName: 'csrf',
    cookieOptions: { secure: false },
  })
  return startExpress((app) => {
    app.use(cookieParser())
    app.get('/begin', (request, response) => {
      request.session.visits = 1
      response.json({ token: generateCsrfToken(request, response) })
    })
    app.get(
      '/form',
      (request, response) => void response.json({ token: generateCsrfToken(request, response) }),
    )
    app.post('/login', doubleCsrfProtection, (request, response) => {
      request.session.userId = 'ann'
      response.json({ done: true })
    })
    app.post('/act', doubleCsrfProtection, (_request, response) => void response.json({ done: true }))
  })
}

function tokenOf(page: unknown): string {
  return String(Reflect.get(Object(page), 'token'))
}

describe('csrf-csrf, bound to the session id', () => {
  test('takes the token it gave with the page that began the session [peers 5.7]', async () => {
    const { visitor } = await start()
    const token = tokenOf(await visitor.json('/begin'))
    const reply = await visitor.visit('/act', { method: 'POST', headers: { 'x-csrf-token': token } })
    expect(reply.status).toBe(200)
  })

  test('refuses a request without a token, and with the token of another session', async () => {
    const { visitor } = await start()
    await visitor.json('/begin')
    const stranger = visitor.copy()
    expect((await visitor.visit('/act', { method: 'POST' })).status).toBe(403)
    const foreign = tokenOf(await stranger.json('/begin'))
    const other = visitor.copy()
    await other.json('/begin')
    const headers = { 'x-csrf-token': `${foreign}x` }
    expect((await other.visit('/act', { method: 'POST', headers })).status).toBe(403)
  })

  test('a token from before the login is void after it, since the id has changed [P5]', async () => {
    const { visitor } = await start()
    const token = tokenOf(await visitor.json('/begin'))
    const headers = { 'x-csrf-token': token }
    expect((await visitor.visit('/login', { method: 'POST', headers })).status).toBe(200)
    expect((await visitor.visit('/act', { method: 'POST', headers })).status).toBe(403)
    const fresh = { 'x-csrf-token': tokenOf(await visitor.json('/form')) }
    expect((await visitor.visit('/act', { method: 'POST', headers: fresh })).status).toBe(200)
  })
})
