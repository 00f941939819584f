import { createServer } from 'node:http'
import { CookieJar } from 'tough-cookie'
import { expect, test } from 'vitest'
import { session } from '../../src/adapters/node.ts'
import type { CookieOptions } from '../../src/index.ts'
import { servingPort, startPaced } from './harness/paced.ts'

const PAGE = 'https://www.shop.example/cart/page'

test.each<[string, CookieOptions]>([
  ['by default', {}],
  ['when secure', { secure: true }],
  ['with a path', { path: '/cart' }],
  ['with a domain', { domain: 'shop.example' }],
  [
    'with all of it, and persistent',
    { domain: 'shop.example', path: '/cart', secure: true, persistent: true },
  ],
  ['across sites', { secure: true, sameSite: 'none', partitioned: true }],
])('a browser keeps the cookie and gives it up again, %s [C22]', async (_when, cookie) => {
  const { sessions } = startPaced('later', { cookie })
  const port = await servingPort(
    createServer(
      session(sessions, (request, response) => {
        if (request.url === '/leave') request.session.clear()
        else request.session.visits = 1
        response.end()
      }),
    ),
  )
  const jar = new CookieJar()
  async function visit(path: string): Promise<void> {
    const headers = { cookie: await jar.getCookieString(PAGE) }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
    for (const line of response.headers.getSetCookie()) await jar.setCookie(line, PAGE)
  }
  await visit('/')
  expect(await jar.getCookies(PAGE)).toHaveLength(1)
  await visit('/leave')
  // The jar still holds the one cookie, as expired: the clearing line was for the very same.
  expect((await jar.serialize()).cookies).toHaveLength(1)
  expect(await jar.getCookies(PAGE)).toEqual([])
})
