import { createApp, eventHandler, toNodeListener } from 'h3v1'
import {
  type AbstractRequest,
  callNodeRequestHandler,
  fetchNodeRequestHandler,
  type NodeRequestHandler,
} from 'node-mock-http'
import { expect, test } from 'vitest'
import { session } from '../../../src/adapters/nitro.ts'
import { startPaced } from '../harness/paced.ts'

/** Asks an app, and gives what it tells. */
type Ask = (request: AbstractRequest) => Promise<string>

/** Makes an app of Nitro 2 that tells whose session it is, and gives both ways to ask it, and how to sign in. */
function startApp(): {
  asks: Record<'localFetch' | 'localCall', Ask>
  signIn(name: string): Promise<string>
} {
  const { sessions } = startPaced('at once')
  const h3App = createApp()
  h3App.use(
    eventHandler(({ method, path, context }) => {
      if (method === 'POST') context.session.userId = path.slice(1)
      return String(context.session.userId)
    }),
  )
  const listener = toNodeListener(h3App)
  const handle: NodeRequestHandler = (...args) => Reflect.apply(listener, undefined, args)
  const nitro = {
    h3App,
    localFetch: (input: string | URL | Request, init?: AbstractRequest): Promise<Response> =>
      fetchNodeRequestHandler(handle, String(input), init),
    localCall: (request: AbstractRequest) => callNodeRequestHandler(handle, request),
  }
  session(sessions)(nitro)
  return {
    asks: {
      localFetch: async (request) => (await nitro.localFetch('/', request)).text(),
      localCall: async (request) => String((await nitro.localCall(request)).body),
    },
    signIn: async (name) => {
      const answer = await nitro.localFetch(`/${name}`, { method: 'POST' })
      const [line = ''] = answer.headers.getSetCookie()
      return line.split(';')[0] ?? ''
    },
  }
}

test.each(['localFetch', 'localCall'] as const)(
  'a request described by the object of the one before, with the cookie of somebody else, has his session: %s',
  async (way) => {
    const { asks, signIn } = startApp()
    const request = { url: '/', headers: { cookie: await signIn('ann') } }
    expect(await asks[way](request)).toBe('ann')
    request.headers = { cookie: await signIn('bob') }
    expect(await asks[way](request)).toBe('bob')
  },
)
