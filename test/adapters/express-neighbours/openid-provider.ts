import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import express, { type Request } from 'express'
import { servingPort } from '../harness/paced.ts'

/**
 * An OpenID provider that lets everybody in as Ann: by the authorization code flow, or with an ID token in a form that
 * its page posts. Gives its address.
 */
export async function openIdProvider(): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const nonces = new Map<string, unknown>()

  const idToken = (request: Request, nonce: unknown): string => {
    const iat = Math.floor(Date.now() / 1000)
    const claims = { iss: issuerOf(request), sub: 'ann', aud: 'shop', iat, exp: iat + 300, nonce }
    const unsigned = `${encoded({ alg: 'RS256', kid: 'key' })}.${encoded(claims)}`
    return `${unsigned}.${sign('sha256', Buffer.from(unsigned), privateKey).toString('base64url')}`
  }

  const app = express()
  app.get('/.well-known/openid-configuration', (request, response) => {
    const issuer = issuerOf(request)
    response.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code', 'id_token'],
      response_modes_supported: ['query', 'form_post'],
      id_token_signing_alg_values_supported: ['RS256'],
    })
  })
  app.get('/jwks', (_request, response) => {
    response.json({
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key', alg: 'RS256', use: 'sig' }],
    })
  })
  app.get('/authorize', (request, response) => {
    const { query } = request
    const state = String(query.state)
    if (query.response_mode === 'form_post') {
      // The fields of the form, which a test posts for the page.
      response.json({ state, id_token: idToken(request, query.nonce) })
      return
    }
    const code = `code-${nonces.size}`
    nonces.set(code, query.nonce)
    response.redirect(`${query.redirect_uri}?${new URLSearchParams({ code, state })}`)
  })
  app.post('/token', express.urlencoded(), (request, response) => {
    const code = String(request.body.code)
    if (!nonces.has(code)) {
      response.status(400).json({ error: 'invalid_grant' })
      return
    }
    const id_token = idToken(request, nonces.get(code))
    response.json({ access_token: 'the-token', token_type: 'Bearer', id_token })
  })
  return `http://127.0.0.1:${await servingPort(createServer(app))}`
}

function issuerOf(request: Request): string {
  return `http://${request.headers.host}`
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
