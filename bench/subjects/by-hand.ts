import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from './json-answer.ts'
import { listen } from './listening.ts'
import { type SampleData, SECRET, sampleVisitors } from './sample-session.ts'
import { CALLED_BY_HANDLERS, type Setup, type Subject } from './subject.ts'

type Data = Partial<SampleData>

/** What a program without a session library would do: ids in the cookie, sessions as JSON somewhere. */
interface ByHand {
  /** Gives the id that the cookie proves. */
  idOf(cookie: string | undefined): string | undefined
  load(id: string): Promise<string | null> | string | null
  save(id: string, text: string): Promise<unknown> | unknown
  /** Gives the cookie's value for an id. */
  cookieFor(id: string): string
}

/** One GET and a JSON.parse, as a handler that wants no session library would write them. */
export const overRedis: Subject = {
  framework: 'node',
  name: 'GET and JSON.parse by hand',
  kind: 'reference',
  stores: ['redis'],
  routes: ['/read'],
  async serve(setup) {
    const { createClient } = await import('redis')
    const client = await createClient({ url: setup.storeUrl }).connect()
    return serveByHand(setup, {
      idOf: (cookie) => /(?:^|; )sid=([\w-]+)/.exec(cookie ?? '')?.[1],
      load: (id) => client.get(`by-hand:${id}`),
      save: (id, text) => client.set(`by-hand:${id}`, text, { expiration: { type: 'EX', value: 86_400 } }),
      cookieFor: (id) => id,
    })
  },
}

/** A signed id and a Map, as a handler that wants no session library would write them: each answer signs its cookie again. */
export const inProcess: Subject = {
  framework: 'node',
  name: 'HMAC and a Map by hand',
  kind: 'reference',
  stores: ['memory'],
  routes: CALLED_BY_HANDLERS,
  serve(setup) {
    const sessions = new Map<string, string>()
    const sign = (id: string): Buffer => createHmac('sha256', SECRET).update(id).digest()
    return serveByHand(setup, {
      idOf(cookie) {
        const [, id, signature] = /(?:^|; )sid=([\w-]+)\.([\w-]{43})/.exec(cookie ?? '') ?? []
        if (id === undefined || signature === undefined) return undefined
        return timingSafeEqual(Buffer.from(signature, 'base64url'), sign(id)) ? id : undefined
      },
      load: (id) => sessions.get(id) ?? null,
      save: (id, text) => sessions.set(id, text),
      cookieFor: (id) => `${id}.${sign(id).toString('base64url')}`,
    })
  },
}

function serveByHand({ sessionBytes }: Setup, byHand: ByHand): Promise<{ port: number }> {
  const nextVisitor = sampleVisitors(sessionBytes)

  const save = async (id: string, data: Data, response: ServerResponse): Promise<void> => {
    await byHand.save(id, JSON.stringify(data))
    response.setHeader('set-cookie', `sid=${byHand.cookieFor(id)}; HttpOnly; Path=/; SameSite=Lax`)
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === '/plain') return json(response, { ok: true })
    if (request.url === '/login') {
      await save(randomBytes(24).toString('base64url'), nextVisitor(), response)
      return json(response, { ok: true })
    }
    const id = byHand.idOf(request.headers.cookie)
    const text = id === undefined ? null : await byHand.load(id)
    const data: Data = text === null ? {} : JSON.parse(text)
    if (request.url === '/read') return json(response, { email: data.email ?? null })
    data.count = (data.count ?? 0) + 1
    await save(id ?? randomBytes(24).toString('base64url'), data, response)
    json(response, { count: data.count })
  }

  return listen((request, response) => void answer(request, response))
}
