import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Session, Sessions } from '../../src/index.ts'
import { betterAuth } from './better-auth.ts'
import { built } from './built.ts'
import { inProcess, overRedis } from './by-hand.ts'
import { json } from './json-answer.ts'
import { listen } from './listening.ts'
import { AMONG_MANY, MANY_MEGABYTES, storeOfMany } from './many-sessions.ts'
import { ourSessions, ourStore, redisStore } from './our-sessions.ts'
import { type SampleData, SECRET, sampleVisitors } from './sample-session.ts'
import { ALL_STORES, CALLED_BY_HANDLERS, FLOOR, type Setup, type Subject } from './subject.ts'
import { withTickKept } from './tick-kept.ts'

/** The largest near cache there may be: no visitor falls out of it. */
const NEAR_CACHE = { maxEntries: 1_000_000 }

const bare: Subject = {
  framework: 'node',
  name: 'bare',
  kind: 'bare',
  stores: ALL_STORES,
  serve: (setup) => listen(withoutSessions(setup)),
}

const floor: Subject = {
  ...FLOOR,
  framework: 'node',
  serve(setup) {
    const listener = withoutSessions(setup)
    return listen((request, response) => {
      if (request.url !== '/plain') response.setHeader('vary', 'Cookie')
      listener(request, response)
    })
  },
}

const ours: Subject = {
  framework: 'node',
  name: 'coatcheck',
  kind: 'ours',
  stores: ALL_STORES,
  serve: async (setup) => serveOurs(setup, await ourSessions(setup)),
}

const oursNearCache: Subject = {
  framework: 'node',
  name: 'coatcheck, near cache',
  kind: 'ours',
  stores: ['redis'],
  serve: async (setup) =>
    serveOurs(setup, await ourSessions(setup, await redisStore(setup.storeUrl, NEAR_CACHE))),
}

/** Beside the near cache: what the same costs when there is no server to keep in step with. */
const oursMemoryBesideRedis: Subject = {
  framework: 'node',
  name: 'coatcheck, memory store',
  kind: 'reference',
  stores: ['redis'],
  routes: ['/read'],
  serve: async (setup) =>
    serveOurs(setup, await ourSessions(setup, await ourStore({ ...setup, store: 'memory' }))),
}

/** For the question about a full store alone: it takes the better part of a minute to fill. */
const oursAmongMany: Subject = {
  framework: 'node',
  name: AMONG_MANY,
  kind: 'ours',
  stores: [],
  heapMegabytes: MANY_MEGABYTES,
  serve: async (setup) => serveOurs(setup, await ourSessions(setup, await storeOfMany(setup))),
}

const ironSession: Subject = {
  framework: 'node',
  name: 'iron-session',
  kind: 'peer',
  stores: ['memory'],
  routes: CALLED_BY_HANDLERS,
  async serve({ sessionBytes }) {
    const { getIronSession } = await import('iron-session')
    const nextVisitor = sampleVisitors(sessionBytes)
    const options = { password: SECRET, cookieName: 'iron', cookieOptions: { secure: false } }
    const open = (request: IncomingMessage, response: ServerResponse) =>
      getIronSession<SampleData>(request, response, options)
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      if (request.url === '/plain') return json(response, { ok: true })
      const session = await open(request, response)
      if (request.url === '/read') return json(response, { email: session.email ?? null })
      if (request.url === '/login') Object.assign(session, nextVisitor())
      else session.count = (session.count ?? 0) + 1
      await session.save()
      json(response, request.url === '/login' ? { ok: true } : { count: session.count })
    }
    return listen((request, response) => void answer(request, response))
  },
}

/** Every server on node:http. */
export const nodeSubjects: readonly Subject[] = [
  bare,
  floor,
  withTickKept(bare),
  ours,
  oursNearCache,
  oursMemoryBesideRedis,
  oursAmongMany,
  overRedis,
  inProcess,
  ironSession,
  betterAuth,
]

function withoutSessions({ sessionBytes }: Setup): RequestListener {
  const sample = sampleVisitors(sessionBytes)()
  let count = 0
  return (request, response) => {
    if (request.url === '/read') json(response, { email: sample.email })
    else if (request.url === '/write') json(response, { count: ++count })
    else json(response, { ok: true })
  }
}

async function serveOurs(setup: Setup, sessions: Sessions<SampleData>): Promise<{ port: number }> {
  const { session } = await built<typeof import('../../src/adapters/node.ts')>('adapters/node.js')
  const nextVisitor = sampleVisitors(setup.sessionBytes)
  return listen(
    session(sessions, (request, response) => answer(request.url, request.session, response, nextVisitor)),
  )
}

function answer(
  url: string | undefined,
  session: Session<SampleData>,
  response: ServerResponse,
  nextVisitor: () => Partial<SampleData>,
): void {
  if (url === '/read') {
    json(response, { email: session.email ?? null })
  } else if (url === '/write') {
    session.count = (session.count ?? 0) + 1
    json(response, { count: session.count })
  } else {
    if (url === '/login') Object.assign(session, nextVisitor())
    json(response, { ok: true })
  }
}
