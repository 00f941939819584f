import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { request } from 'node:http'
import type { RunningRuntime } from './running-runtime.ts'
import type { Suite } from './suites/suite.ts'

/** Checks the fetch adapter through the runtime's own HTTP server, from outside. */
export function httpSuite({ port, separateCookieLines }: RunningRuntime): Suite {
  return {
    name: "coatcheck/fetch on the runtime's own server, from outside",
    part: 'adapters',
    cases: (add) => {
      add('visits are counted from one request to the next', async () => {
        const first = await get(port, '/count')
        equal(first.body, '1')
        equal((await get(port, '/count', first.cookie)).body, '2')
      })

      add('the cookie is HttpOnly, Secure, Lax, and has the safest name [P9]', async () => {
        const [line = ''] = (await get(port, '/count')).setCookie
        match(line, /^__Host-Http-sid=[\w-]{43}\.[\w-]{43};/)
        for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
          ok(line.includes(`; ${attribute}`))
      })

      add("the app's cookies and ours are header lines of their own [C19]", async () => {
        const { setCookie } = await get(port, '/cookies')
        deepEqual(setCookie.slice(0, 2), ['a=1', 'b=2'])
        match(setCookie[2] ?? '', /^__Host-Http-sid=/)
        equal(setCookie.length, 3)
      })

      add('several Cookie header lines are read as one [C20]', async ({ skip }) => {
        if (separateCookieLines !== undefined) skip(separateCookieLines)
        const { cookie } = await get(port, '/count')
        for (const lines of [
          ['theme=dark', cookie],
          [cookie, 'theme=dark'],
        ]) {
          const { setCookie } = await get(port, '/count', ...lines)
          deepEqual(setCookie, [])
        }
        equal((await get(port, '/count', cookie)).body, '4')
      })

      add('50 parallel requests that update one session count to 50 [P3]', async () => {
        const { cookie } = await get(port, '/login')
        await Promise.all(Array.from({ length: 50 }, () => get(port, '/increment', cookie)))
        deepEqual(JSON.parse((await get(port, '/read', cookie)).body), { userId: 'ann', count: 50 })
      })

      add('a streamed body comes with its cookie', async () => {
        const { body, cookie } = await get(port, '/stream')
        equal(body, 'abc')
        ok(cookie !== '')
      })
    },
  }
}

interface Answer {
  body: string
  /** The `Set-Cookie` lines, as they came. */
  setCookie: string[]
  /** What to send back: the session's cookie, empty when none came. */
  cookie: string
}

// node:http, because fetch would join header lines that are to be told apart. Each cookie is a line of its own.
function get(port: number, path: string, ...cookies: string[]): Promise<Answer> {
  const headers = ['host', '127.0.0.1', ...cookies.flatMap((cookie) => ['cookie', cookie])]
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      const setCookie = response.headers['set-cookie'] ?? []
      const own = setCookie.find((line) => line.startsWith('__Host-Http-sid='))
      resolve({ body: Buffer.concat(chunks).toString(), setCookie, cookie: own?.split(';', 1)[0] ?? '' })
    })
    asked.on('error', reject)
    asked.end()
  })
}
