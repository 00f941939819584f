import { createServer, type ServerResponse } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { session } from '../../../src/adapters/node.ts'
import { PACES, servingPort, startPaced } from '../harness/paced.ts'
import { RawClient } from '../harness/raw-client.ts'

const TWO_COOKIES = ['a=1', 'b=2']

/** Every form in which `writeHead` takes its arguments, each saying the same. */
const FORMS: Record<string, (response: ServerResponse) => void> = {
  'a status alone, headers set before': (response) => {
    response.setHeader('X-Own', 'yes')
    response.setHeader('Set-Cookie', TWO_COOKIES)
    response.writeHead(201)
  },
  'an object': (response) => void response.writeHead(201, { 'X-Own': 'yes', 'Set-Cookie': TWO_COOKIES }),
  'an object over headers set before': (response) => {
    response.setHeader('x-own', 'no')
    response.setHeader('set-cookie', 'c=3')
    response.writeHead(201, { 'X-Own': 'yes', 'Set-Cookie': TWO_COOKIES })
  },
  'a reason and an object': (response) =>
    void response.writeHead(201, 'Made', { 'X-Own': 'yes', 'Set-Cookie': TWO_COOKIES }),
  'no reason and an object': (response) =>
    void response.writeHead(201, undefined, { 'X-Own': 'yes', 'Set-Cookie': TWO_COOKIES }),
  'an object with one name in two cases': (response) =>
    void response.writeHead(201, { 'X-Own': 'yes', 'Set-Cookie': 'a=1', 'set-cookie': ['b=2'] }),
  'two objects, of which Node takes the later': (response) =>
    Reflect.apply(response.writeHead, response, [
      201,
      { 'X-Own': 'no' },
      { 'X-Own': 'yes', 'Set-Cookie': TWO_COOKIES },
    ]),
  'a flat list': (response) =>
    void response.writeHead(201, ['X-Own', 'yes', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']),
  'a flat list with a list in it': (response) =>
    void response.writeHead(201, ['X-Own', 'yes', 'Set-Cookie', TWO_COOKIES]),
  'a flat list over headers set before': (response) => {
    response.setHeader('Set-Cookie', 'c=3')
    response.writeHead(201, ['X-Own', 'yes', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'])
  },
  'a reason and a flat list': (response) =>
    void response.writeHead(201, 'Made', ['X-Own', 'yes', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']),
  'a list of pairs': (response) =>
    Reflect.apply(response.writeHead, response, [
      201,
      [
        ['X-Own', 'yes'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
    ]),
}

describe.each(PACES)('with a store that answers %s', (pace) => {
  test.each(Object.entries(FORMS))(
    'writeHead with %s keeps its headers beside the cookie [C18] [CVE-2025-7339]',
    async (_form, writeHead) => {
      const { sessions } = startPaced(pace)
      const port = await servingPort(
        createServer(
          session(sessions, (request, response) => {
            request.session.visits = 1
            writeHead(response)
            response.end('done')
          }),
        ),
      )
      const client = new RawClient(port)
      client.get('/', 'Connection: close')
      const [head = '', body] = (await client.untilClosed()).split('\r\n\r\n')
      const [status = '', ...lines] = head.split('\r\n')
      expect(status).toMatch(/^HTTP\/1\.1 201 (Created|Made)$/)
      expect(lines.filter((line) => /^x-own:/i.test(line))).toEqual([expect.stringMatching(/: yes$/)])
      const cookies = lines.filter((line) => /^set-cookie:/i.test(line)).map((line) => line.slice(12))
      expect(cookies).toEqual(['a=1', 'b=2', expect.stringMatching(/^sid=/)])
      expect(body).toContain('done')
    },
  )

  test('a list of headers that ends in a name is refused, as Node does, and nothing of it is sent', async () => {
    const { sessions } = startPaced(pace)
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => shown.mockRestore())
    const port = await servingPort(
      createServer(
        session(sessions, (request, response) => {
          request.session.visits = 1
          response.writeHead(200, ['X-Own', 'yes', 'X-Odd'])
          response.end('never')
        }),
      ),
    )
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect([response.status, response.headers.get('x-own')]).toEqual([500, null])
    expect(await response.text()).not.toContain('never')
    expect(shown.mock.calls).toEqual([[expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' })]])
  })

  test('a reason given to writeHead is sent', async () => {
    const { sessions } = startPaced(pace)
    const port = await servingPort(
      createServer(
        session(sessions, (request, response) => {
          request.session.visits = 1
          response.writeHead(200, 'All Is Well').end()
        }),
      ),
    )
    const client = new RawClient(port)
    client.get('/', 'Connection: close')
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 All Is Well\r\n/)
  })

  test('headers given to writeHead as an object are bent to what the session needs, and the object is left alone [P9] [A17]', async () => {
    const { sessions } = startPaced(pace)
    const own = {
      VARY: 'Accept',
      'Cache-Control': 'public, max-age=60',
      Expires: 'never',
      'Content-Length': 4,
    }
    const shared = Object.freeze(own)
    const port = await servingPort(
      createServer(
        session(sessions, (request, response) => {
          if (request.url === '/write') request.session.visits = 1
          else expect(request.session.visits).toBeUndefined()
          response.writeHead(200, shared).end('done')
        }),
      ),
    )
    const read = await fetch(`http://127.0.0.1:${port}/read`)
    expect(read.headers.get('vary')).toBe('Accept, Cookie')
    expect(read.headers.get('cache-control')).toBe('private, max-age=60')
    expect([read.headers.get('expires'), await read.text()]).toEqual(['never', 'done'])
    const written = await fetch(`http://127.0.0.1:${port}/write`)
    expect(written.headers.get('vary')).toBe('Accept, Cookie')
    expect(written.headers.get('cache-control')).toBe('no-store')
    expect([written.headers.get('expires'), await written.text()]).toEqual([null, 'done'])
  })
})
