import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import express, { type NextFunction, type Request, type Response } from 'express'
import { describe, expect, test } from 'vitest'
import { session } from '../../../src/adapters/express.ts'
import { settle } from '../../engine/later-store.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'

type Answer = (response: Response) => void

/** What an error handler may do to answer, each with the same body. */
const BARE: Record<string, Answer> = {
  'status().end()': (response) => void response.status(503).end('sorry'),
  'end() alone': (response) => void response.end('sorry'),
  'write() and end()': (response) => {
    response.write('sorry')
    response.end()
  },
  'a stream': (response) => void Readable.from(['sorry']).pipe(response),
  'status().send()': (response) => void response.status(503).send('sorry'),
}

/** The same, for code that runs in a callback of somebody else's: it shows by the head whose it is. */
const TOUCHING: Record<string, Answer> = {
  'a status': (response) => void response.status(503).end('sorry'),
  'a header set': (response) => void response.setHeader('x-own', '1').end('sorry'),
  'a header appended to': (response) => void response.appendHeader('x-powered-by', 'us').end('sorry'),
  'a header removed': (response) => {
    response.removeHeader('x-powered-by')
    response.end('sorry')
  },
  'a head': (response) => void response.writeHead(503).end('sorry'),
}

describe.each(PACES)('when a session cannot be saved, with a store that answers %s,', (pace) => {
  /** Asks an app whose save fails. What its handler and its error handler have to wait for is their own. */
  async function ask(
    handler: (response: Response) => void | Promise<void>,
    onError: (response: Response) => void | Promise<void>,
    look: (answer: globalThis.Response) => unknown = ({ status }) => status,
  ): Promise<[seen: unknown, body: string]> {
    const { sessions, store } = startPaced(pace)
    const app = express().use(session(sessions))
    app.get('/', (request, response) => {
      request.session.visits = 1
      return handler(response)
    })
    app.use((_error: Error, _request: Request, response: Response, _next: NextFunction) => onError(response))
    const port = await servingPort(createServer(app))
    store.fail('create')
    const answer = await fetch(`http://127.0.0.1:${port}/`)
    return [look(answer), await answer.text()]
  }

  describe.each<[string, Answer]>([
    ['has ended', (response) => void response.json({ done: true })],
    ['has not ended', (response) => void response.write('never')],
  ])('and the handler %s its response,', (_state, handler) => {
    test.each(Object.entries(BARE))(
      'an error handler that takes its time answers by %s [P2]',
      async (_way, answer) => {
        const onError = async (response: Response): Promise<void> => {
          await settle()
          answer(response)
        }
        expect(await ask(handler, onError)).toEqual([503, 'sorry'])
      },
    )

    test.each(Object.entries(TOUCHING))(
      'an error handler answers in the callback of another, by %s [P2]',
      async (_way, answer) => {
        const logger = new EventEmitter()
        const asked = Promise.withResolvers<void>()
        const answered = ask(handler, (response) => {
          logger.once('written', () => answer(response))
          asked.resolve()
        })
        await asked.promise
        logger.emit('written')
        expect(await answered).toEqual([503, 'sorry'])
      },
    )
  })

  test('a reason that the handler gave is not that of the error', async () => {
    const [line] = await ask(
      (response) => {
        response.statusMessage = 'All Is Well'
        response.json({ done: true })
      },
      (response) => void response.status(503).end('sorry'),
      ({ status, statusText }) => `${status} ${statusText}`,
    )
    expect(line).toBe('503 Service Unavailable')
  })

  test('and the handler has ended its response, an error handler answers in the callback of another by end() alone [P2]', async () => {
    const logger = new EventEmitter()
    const asked = Promise.withResolvers<void>()
    const answered = ask(
      (response) => void response.end('done'),
      (response) => {
        logger.once('written', () => response.end('sorry'))
        asked.resolve()
      },
    )
    await asked.promise
    logger.emit('written')
    expect(await answered).toEqual([503, 'sorry'])
  })

  test('what the handler writes after the error has been answered is dropped, and its callback told so', async () => {
    const logger = new EventEmitter()
    const asked = Promise.withResolvers<void>()
    const given = Promise.withResolvers<Response>()
    const answered = ask(
      (response) => {
        response.write('never')
        given.resolve(response)
      },
      (response) => {
        logger.once('written', () => response.status(503).end('sorry'))
        asked.resolve()
      },
    )
    await asked.promise
    logger.emit('written')
    expect(await answered).toEqual([503, 'sorry'])
    const response = await given.promise
    const errors: unknown[] = []
    response.on('error', (error) => void errors.push(error))
    const told = new Promise((resolve) => response.write('late', resolve))
    expect(await told).toMatchObject({ message: expect.stringContaining('was not sent') })
    expect(errors).toEqual([])
  })

  test.each<[string, Answer]>([
    ['set a status', (response) => void response.status(500)],
    ['set the status that was there', (response) => void response.status(503)],
    ['set a header', (response) => void response.set('x-own', '1')],
    ['appended to a header', (response) => void response.append('x-own', '1')],
    ['removed a header', (response) => void response.removeHeader('x-powered-by')],
    ['made the head', (response) => void response.writeHead(503)],
    ['sent the head', (response) => response.flushHeaders()],
    ['sent the beginning', (response) => void response.write('so')],
  ])(
    'nothing the handler writes gets in between, once the error handler has %s [P2]',
    async (what, touch) => {
      const begun = Promise.withResolvers<void>()
      const written = Promise.withResolvers<void>()
      const handler = async (response: Response): Promise<void> => {
        response.write('never')
        await begun.promise
        const more = [response.write('neither'), response.write('nor')]
        expect(more).toEqual([false, false])
        written.resolve()
      }
      const onError = async (response: Response): Promise<void> => {
        touch(response)
        begun.resolve()
        await written.promise
        response.end(what === 'sent the beginning' ? 'rry' : 'sorry')
      }
      const [, body] = await ask(handler, onError)
      expect(body).toBe('sorry')
    },
  )
})
