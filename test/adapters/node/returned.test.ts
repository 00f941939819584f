import { expect, test } from 'vitest'
import { session } from '../../../src/adapters/node.ts'
import { serve } from '../../engine/serve.ts'
import { start } from '../../engine/start.ts'

test('a handler may return what it likes, as one without a session may', async () => {
  const { sessions } = start<{ n: number }>()
  const whole = await serve(session(sessions, (_request, response) => response.end('hello')))
  expect(await (await fetch(whole)).text()).toBe('hello')
  const early = await serve(
    session(sessions, async (request, response) => {
      if (request.url !== '/in') return response.writeHead(404).end()
      request.session.n = 1
      return response.end('in')
    }),
  )
  expect((await fetch(early)).status).toBe(404)
  expect((await fetch(new URL('/in', early))).headers.getSetCookie()).toHaveLength(1)
})
