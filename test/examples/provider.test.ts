import { expect, test } from 'vitest'
import { Visitor } from '../../src/testing/visitor.ts'
import { openIdProvider } from '../adapters/express-neighbours/openid-provider.ts'
import { sampleWith, startSample } from './page-sample.ts'

// The guide's "Signing in at a provider".

const ROUTES = `
app.get('/begin', (req, res) => {
  req.session.cart = ['hat']
  req.session.returnTo = '/checkout'
  res.json({})
})
app.get('/me', (req, res) => res.json(req.session))
console.log((await app.listen(0)).url)
`

async function read(response: Promise<Response>): Promise<unknown> {
  return (await response).json()
}

/** Starts the sample of OpenID Connect, with a provider for it. */
async function startOpenId(): Promise<Visitor> {
  const issuer = await openIdProvider()
  const { name, text } = sampleWith('docs/sign-in.md', '// provider.ts')
  const discovery = /client\.discovery\(new URL\('[^']*'\), 'shop', process\.env\.CLIENT_SECRET\)/
  expect(text).toMatch(discovery)
  const local = `client.discovery(new URL('${issuer}'), 'shop', 'secret', undefined, {
    execute: [client.allowInsecureRequests],
  })`
  return new Visitor((await startSample(name, text.replace(discovery, local) + ROUTES)).url)
}

/** Goes to the provider, and gives the path on the way back. */
async function goToProvider(visitor: Visitor): Promise<string> {
  const begun = await visitor.get('/login')
  const granted = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' })
  const { pathname, search } = new URL(granted.headers.get('location') ?? '')
  return pathname + search
}

test('a login at a provider comes back to the visitor’s session, in two tabs at once [P3] [P5]', async () => {
  const visitor = await startOpenId()
  await visitor.get('/begin')
  const planted = visitor.copy()
  const [first, second] = await Promise.all([goToProvider(visitor), goToProvider(visitor)])
  expect((await visitor.get(first)).status).toBe(302)
  expect(await read(visitor.get('/me'))).toMatchObject({ cart: ['hat'], userId: 'ann' })
  expect((await visitor.get(second)).status).toBe(302)
  expect(await read(visitor.get('/me'))).toMatchObject({ cart: ['hat'], userId: 'ann', logins: [] })
  // Each login is good once, and for the session alone that began it.
  expect((await visitor.get(first)).status).toBe(400)
  expect((await planted.get(second)).status).toBe(400)
  expect(await read(planted.get('/me'))).toEqual({})
})

test('a POST from the provider’s site is posted again from ours, and finds the visitor’s session [P1] [P5]', async () => {
  const { name, text } = sampleWith('docs/sign-in.md', '// saml.ts')
  const verify = 'async function userOf(text: string) {\n  return text\n}\n'
  const visitor = new Visitor((await startSample(name, text + verify + ROUTES)).url)
  await visitor.get('/begin')
  // A browser sends no SameSite=Lax cookie with it.
  const crossSite = new Visitor((await visitor.get('/begin')).url)
  const assertion = 'ann"><script>&amp;'
  const page = await crossSite.send('/acs', {
    method: 'POST',
    body: new URLSearchParams({ SAMLResponse: assertion }),
  })
  expect(page.headers.getSetCookie()).toEqual([])
  const fields = fieldsOf(await page.text())
  expect(fields.get('SAMLResponse')).toBe(assertion)
  const done = await visitor.send('/acs', { method: 'POST', body: fields })
  expect([done.status, done.headers.get('location')]).toEqual([303, '/checkout'])
  expect(await read(visitor.get('/me'))).toEqual({ cart: ['hat'], returnTo: '/checkout', userId: assertion })
})

/** The fields of a form, as a browser reads them. */
function fieldsOf(page: string): URLSearchParams {
  const inputs = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
  const plain = (text = ''): string =>
    text.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
  return new URLSearchParams(Object.fromEntries(inputs.map(([, name, value]) => [plain(name), plain(value)])))
}
