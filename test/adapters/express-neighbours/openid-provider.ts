import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import express, { type Request } from 'express'
import { servingPort } from '../harness/paced.ts'

const CODE = 'the-code'

/** An OpenID provider that lets everybody in as Ann, by the authorization code flow. Gives its address. */
export async function openIdProvider(): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let nonce: unknown

  const app = express()
  app.get('/.well-known/openid-configuration', (request, response) => {
    const issuer = issuerOf(request)
    response.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      id_token_signing_alg_values_supported: ['RS256'],
    })
  })
  app.get('/jwks', (_request, response) => {
    response.json({
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key', alg: 'RS256', use: 'sig' }],
    })
  })
  app.get('/authorize', ({ query }, response) => {
    nonce = query.nonce
    response.redirect(
      `${query.redirect_uri}?${new URLSearchParams({ code: CODE, state: String(query.state) })}`,
    )
  })
  app.post('/token', express.urlencoded(), (request, response) => {
    if (request.body.code !== CODE) {
      response.status(400).json({ error: 'invalid_grant' })
      return
    }
    const iat = Math.floor(Date.now() / 1000)
    const claims = { iss: issuerOf(request), sub: 'ann', aud: 'shop', iat, exp: iat + 300, nonce }
    const unsigned = `${encoded({ alg: 'RS256', kid: 'key' })}.${encoded(claims)}`
    const signature = sign('sha256', Buffer.from(unsigned), privateKey).toString('base64url')
    const tokens = { access_token: 'the-token', token_type: 'Bearer', id_token: `${unsigned}.${signature}` }
    response.json(tokens)
  })
  return `http://127.0.0.1:${await servingPort(createServer(app))}`
}

function issuerOf(request: Request): string {
  return `http://${request.headers.host}`
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
