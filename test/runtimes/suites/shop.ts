import type { Session, SessionStore, Sessions } from '../../../src/index.ts'
import { createApp, createSessions, fetchSession } from '../built.js'
import type { WebHandler } from './visitor.ts'

/** What the little shop of these tests keeps in a session. */
export interface ShopData {
  count: number
  userId: string
}

type ShopSession = Session<ShopData>

/** The shop, on one of the adapters that run everywhere. */
export interface Shop {
  handler: WebHandler
  sessions: Sessions<ShopData>
}

/** How a shop is opened. */
export interface ShopOptions {
  store: SessionStore
}

const SECRET = 'the secret of the runtime tests: 2b9c74d1'

/** One page of the shop, the same on every adapter. */
async function answer(path: string, session: ShopSession): Promise<Response> {
  switch (path) {
    case '/untouched':
      return Response.json({})
    case '/read':
      return Response.json(session.toJSON())
    case '/count':
      session.count = (session.count ?? 0) + 1
      return Response.json(session.count)
    case '/increment':
      await session.update((draft) => {
        draft.count = (draft.count ?? 0) + 1
      })
      return Response.json({})
    case '/login':
      session.userId = 'ann'
      return Response.redirect('https://app.invalid/read', 303)
    case '/logout':
      session.clear()
      return Response.json({})
    case '/cookies':
      session.count = 1
      return new Response('two cookies of the shop', {
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      })
    case '/stream':
      session.count = 1
      return new Response(streamOf('a', 'b', 'c'))
    default:
      throw new Error('There is no such page.')
  }
}

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(encoder.encode(chunk))
    },
  })
}

/** Opens the shop on the fetch adapter. */
export function openFetch(options: ShopOptions): Shop {
  const sessions = createSessions<ShopData>({ secret: SECRET, ...options })
  const handler = fetchSession(sessions, (request, { session }) =>
    answer(new URL(request.url).pathname, session),
  )
  return { sessions, handler: (request) => handler(request) }
}

/** Opens the shop as an app. */
export function openApp({ store }: ShopOptions): Shop {
  const onError = (): void => {} // not on the console: the cases cause errors on purpose
  const app = createApp<ShopData>({ sessionSecret: SECRET, sessionStore: store, onError })
  app.all('*', (req) => answer(req.path, req.session))
  return { sessions: app.sessions, handler: (request) => app.fetch(request) }
}
