import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import compression from 'compression'
import express, { type NextFunction, type Request, type Response } from 'express'
import { describe, expect, test } from 'vitest'
import { session } from '../../../src/adapters/express.ts'
import { settle } from '../../engine/later-store.ts'
import { PACES, servingPort, startPaced, type TestStore } from '../harness/paced.ts'

const LONG = 'long enough to be worth compressing '.repeat(200)

const WAYS: Record<string, (response: Response) => void> = {
  'res.json': (response) => void response.json({ text: LONG }),
  'res.send': (response) => void response.send(LONG),
  'small writes': (response) => {
    response.type('text')
    for (const word of LONG.split(' ')) response.write(word)
    response.end()
  },
  'a stream of small chunks': (response) => void Readable.from(LONG.split(' ')).pipe(response.type('text')),
  'a stream of big chunks': (response) =>
    void Readable.from(Array.from({ length: 20 }, () => LONG.repeat(10))).pipe(response.type('text')),
}

describe.each(PACES)('with a store that answers %s', (pace) => {
  describe.each(['before', 'after'] as const)('and compression mounted %s the session', (place) => {
    async function start(
      answer: (response: Response, request: Request) => void,
    ): Promise<{ origin: string; store: TestStore }> {
      const { sessions, store } = startPaced(pace)
      const app = express().set('env', 'test')
      if (place === 'before') app.use(compression())
      app.use(session(sessions))
      if (place === 'after') app.use(compression())
      app.get('/', (request, response) => {
        request.session.visits = (request.session.visits ?? 0) + 1
        answer(response, request)
      })
      const port = await servingPort(createServer(app))
      return { origin: `http://127.0.0.1:${port}`, store }
    }

    test.each(Object.entries(WAYS))('%s arrives whole, compressed, with the cookie', async (_way, answer) => {
      const { origin, store } = await start(answer)
      const response = await fetch(origin)
      expect(response.headers.get('content-encoding')).toMatch(/^(br|gzip)$/)
      expect(response.headers.getSetCookie()).toHaveLength(1)
      expect((await response.text()).length).toBeGreaterThan(LONG.replaceAll(' ', '').length - 1)
      expect(await store.count()).toBe(1)
    })

    test.each(Object.entries(WAYS))('%s waits for the save', async (_way, answer) => {
      const { origin, store } = await start(answer)
      const gate = store.hold('create')
      let here = false
      const asked = fetch(origin).then((response) => {
        here = true
        return response
      })
      await gate.reached
      await settle()
      expect(here).toBe(false)
      gate.release()
      expect((await (await asked).text()).length).toBeGreaterThan(1_000)
    })

    test.each(Object.entries(WAYS))('%s becomes a 503 when the save fails', async (_way, answer) => {
      const { origin, store } = await start(answer)
      store.fail('create', { nth: 1 })
      const response = await fetch(origin)
      expect(response.status).toBe(503)
      expect(await response.text()).not.toContain('compressing')
      expect((await fetch(origin)).status).toBe(200)
    })

    test('an error handler that takes its time answers alone, whatever compression still has to write', async () => {
      const { sessions, store } = startPaced(pace)
      const app = express()
      if (place === 'before') app.use(compression())
      app.use(session(sessions))
      if (place === 'after') app.use(compression())
      app.get('/', (request, response) => {
        request.session.visits = 1
        response.json({ text: LONG })
      })
      app.use(async (_error: Error, _request: Request, response: Response, _next: NextFunction) => {
        // As long as compressing the body takes, and twice that.
        for (let turn = 0; turn < 2; turn++) await promisify(gzip)(LONG.repeat(20))
        response.status(503).send('sorry')
      })
      store.fail('create')
      const answer = await fetch(`http://127.0.0.1:${await servingPort(createServer(app))}/`)
      expect([answer.status, await answer.text()]).toEqual([503, 'sorry'])
    })

    test('events after flushHeaders() arrive as the head says they are compressed', async () => {
      const { origin, store } = await start((response) => {
        response.type('text/event-stream').flushHeaders()
        response.write('data: 1\n\n')
        response.end('data: 2\n\n')
      })
      const gate = store.hold('create')
      const asked = fetch(origin)
      await gate.reached
      await settle()
      gate.release()
      const response = await asked
      expect(response.headers.get('content-encoding')).toMatch(/^(br|gzip)$/)
      expect(response.headers.getSetCookie()).toHaveLength(1)
      expect(await response.text()).toBe('data: 1\n\ndata: 2\n\n')
    })

    // More than zlib and the socket take at once, and random: it does not get smaller.
    test.each([300_000, 12_000_000])(
      '%i bytes arrive whole when the session changes behind them',
      async (length) => {
        const { origin, store } = await start((response, { session }) => {
          response.type('text')
          for (let part = 0; part < 10; part++) response.write(randomBytes(length / 20).toString('hex'))
          session.ended = true
          response.end()
        })
        const gate = store.hold('replace')
        const { body } = await fetch(origin)
        let received = 0
        const reading = (async () => {
          for await (const chunk of body ?? new ReadableStream()) received += chunk.length
        })()
        await gate.reached
        await settle()
        gate.release()
        await reading
        expect(received).toBe(length)
      },
    )

    test('flush() sends what has been written so far', async () => {
      const more = Promise.withResolvers<void>()
      const { origin } = await start(async (response) => {
        response.type('text').write('first')
        response.flush()
        await more.promise
        response.end('last')
      })
      const { body } = await fetch(origin)
      let received = ''
      for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
        received += chunk
        more.resolve()
      }
      expect(received).toBe('firstlast')
    })
  })
})
