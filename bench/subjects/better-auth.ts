import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from './json-answer.ts'
import { listen } from './listening.ts'
import { SECRET, sampleVisitors } from './sample-session.ts'
import type { Subject } from './subject.ts'

/**
 * better-auth's `getSession`, its sessions in a Map by its own `secondaryStorage`.
 *
 * It reads who is signed in and keeps no data of the app's own, so it has no counter to write and no cart; what it
 * is asked for is the same e-mail address. Its password hash, which no request but a sign-in pays, is left out.
 */
export const betterAuth: Subject = {
  framework: 'node',
  name: 'better-auth getSession',
  kind: 'peer',
  stores: ['memory'],
  routes: ['/read'],
  async serve({ sessionBytes }) {
    const library = await import('better-auth')
    const { memoryAdapter } = await import('better-auth/adapters/memory')
    const sessions = new Map<string, string>()
    const auth = library.betterAuth({
      baseURL: 'http://127.0.0.1',
      secret: SECRET,
      database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
      secondaryStorage: {
        get: async (key) => sessions.get(key) ?? null,
        set: async (key, value) => void sessions.set(key, value),
        delete: async (key) => void sessions.delete(key),
      },
      telemetry: { enabled: false },
      rateLimit: { enabled: false },
      emailAndPassword: {
        enabled: true,
        password: { hash: async (password) => password, verify: async () => true },
      },
    })
    const nextVisitor = sampleVisitors(sessionBytes)
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      if (request.url === '/plain') return json(response, { ok: true })
      if (request.url === '/read') {
        const found = await auth.api.getSession({
          headers: new Headers({ cookie: request.headers.cookie ?? '' }),
        })
        return json(response, { email: found?.user.email ?? null })
      }
      const { email, userId } = nextVisitor()
      const body = { email, name: userId, password: 'a password of no use' }
      const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true })
      response.setHeader('set-cookie', headers.getSetCookie())
      json(response, { ok: true })
    }
    return listen((request, response) => void answer(request, response))
  },
}
