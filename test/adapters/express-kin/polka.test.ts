import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import polka from 'polka'
import { describe, expect, test } from 'vitest'
import { session } from '../../../src/adapters/express.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'

const OUTAGE = fileURLToPath(new URL('./polka-outage.ts', import.meta.url))

/** Has the store of a Polka app fail at an operation, and gives the status a visitor gets then. */
async function statusAt(operation: 'none' | 'get' | 'replace'): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [OUTAGE, operation], { timeout: 10_000 })
  return stdout.trim()
}

// Polka 0.5 writes an error's `code` into the response as its status, and Node throws at 'ERR_STORE_UNAVAILABLE'. The
// adapter must catch that and answer: uncaught, it ends the process after a failed load, and cuts off the client after
// a failed save.
describe("Polka's own error handler", () => {
  test('has nothing to do while the store answers', async () => {
    expect(await statusAt('none')).toBe('200')
  })

  test('answers with 503 when the session cannot be loaded [P11]', async () => {
    expect(await statusAt('get')).toBe('503')
  })

  test('answers with 503 when the session cannot be saved [P2] [P11]', async () => {
    expect(await statusAt('replace')).toBe('503')
  })
})

// Polka asks `finished`, and says that middleware may end a response and call next() all the same.
test.each(PACES)(
  'middleware of Polka that ends the response keeps the route from running, with a store that answers %s',
  async (pace) => {
    const { sessions } = startPaced(pace)
    let ran = 0
    const app = polka()
    app.use(session(sessions))
    app.use((request, response, next) => {
      request.session.returnTo = '/secret'
      response.statusCode = 401
      response.end('sign in first')
      next()
    })
    app.get('/secret', () => void ran++)
    const port = await servingPort(createServer().on('request', app.handler))
    const response = await fetch(`http://127.0.0.1:${port}/secret`)
    expect([response.status, await response.text(), ran]).toEqual([401, 'sign in first', 0])
  },
)

describe.each(PACES)(
  'middleware of Polka that has begun its refusal, with a store that answers %s',
  (pace) => {
    // Who wraps `write` below the session may still be writing, so that the response must not look finished.
    test.each(['nobody', 'somebody'])(
      'keeps its answer to itself where %s wraps the methods below',
      async (who) => {
        const { sessions } = startPaced(pace)
        let ran = 0
        const app = polka()
        app.use((_request, response, next) => {
          const write = response.write.bind(response)
          if (who === 'somebody') response.write = (chunk: unknown) => write(chunk)
          next()
        })
        app.use(session(sessions))
        app.use(async (request, response, next) => {
          request.session.asked = 1
          response.statusCode = 401
          response.write('sign in ')
          await request.session.save()
          await nextTurn()
          request.session.asked = 2
          response.end('first')
          next()
        })
        app.get('/secret', (_request, response) => {
          ran++
          response.write('the ')
          response.end('secret')
        })
        const port = await servingPort(createServer().on('request', app.handler))
        const response = await fetch(`http://127.0.0.1:${port}/secret`)
        expect([response.status, await response.text()]).toEqual([401, 'sign in first'])
        expect(ran).toBe(who === 'nobody' || pace === 'at once' ? 0 : 1)
      },
    )
  },
)
