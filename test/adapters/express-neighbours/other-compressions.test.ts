import { createServer, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import express, { type RequestHandler, type Response } from 'express'
import { describe, expect, test } from 'vitest'
import { session } from '../../../src/adapters/express.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'

/*
 * What packages that are not installed here call of a response, without their compressing.
 */

/** As compression does up to 1.7.5: asks whether the head was made by a property of Node's own, and has Node make it. */
function olderCompression(): RequestHandler {
  return (_request, response, next) => {
    const { write, end } = response
    const makeHead = (): void => {
      if (!Reflect.get(response, '_header')) Reflect.get(response, '_implicitHeader').call(response)
    }
    Object.assign(response, {
      write: (...args: unknown[]) => {
        makeHead()
        return Reflect.apply(write, response, args)
      },
      end: (...args: unknown[]) => {
        makeHead()
        return Reflect.apply(end, response, args)
      },
    })
    next()
  }
}

/** As @polka/compression 1.0 and http-compression 1.1 do: keeps the status of `writeHead`, and has the head leave at the first piece. */
function lateHead(): RequestHandler {
  return (_request, response, next) => {
    const { writeHead, write, end } = response
    let status = 0
    let started = false
    const start = (): void => {
      if (started) return
      started = true
      writeHead.call(response, status === 0 ? response.statusCode : status)
    }
    Object.assign(response, {
      writeHead: (given: number, headers: Record<string, string> = {}): ServerResponse => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
        status = given
        return response
      },
      write: (...args: unknown[]) => {
        start()
        return Reflect.apply(write, response, args)
      },
      end: (...args: unknown[]) => {
        start()
        return Reflect.apply(end, response, args)
      },
    })
    next()
  }
}

const WAYS: Record<string, (response: Response) => void> = {
  'one end': (response) => void response.end('onetwo'),
  'several writes': (response) => {
    response.write('one')
    response.write('two')
    response.end()
  },
  'a head and an end': (response) => void response.writeHead(200, { 'x-own': '1' }).end('onetwo'),
  'a piped stream': (response) => void Readable.from(['one', 'two']).pipe(response),
  'flushed headers and writes': (response) => {
    response.flushHeaders()
    response.write('one')
    response.end('two')
  },
  'res.send': (response) => void response.send('onetwo'),
}

describe.each(PACES)('with a store that answers %s', (pace) => {
  describe.each([
    ['compression 1.7', olderCompression],
    ['@polka/compression', lateHead],
  ])('and what %s does', (_package, neighbour) => {
    describe.each(['before', 'after'] as const)('%s the session', (place) => {
      test.each(Object.entries(WAYS))(
        '%s arrives whole, with the cookie, for one alone [P9]',
        async (_way, answer) => {
          const { sessions } = startPaced(pace)
          const app = express().set('env', 'test')
          if (place === 'before') app.use(neighbour())
          app.use(session(sessions))
          if (place === 'after') app.use(neighbour())
          app.get('/', (request, response) => {
            request.session.visits = 1
            answer(response)
          })
          const response = await fetch(`http://127.0.0.1:${await servingPort(createServer(app))}/`)
          expect([response.status, await response.text()]).toEqual([200, 'onetwo'])
          expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^sid=/)])
          expect([response.headers.get('cache-control'), response.headers.get('vary')]).toEqual([
            'no-store',
            'Cookie',
          ])
        },
      )
    })
  })
})
