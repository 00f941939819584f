import { getRequestListener } from '@hono/node-server'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { showWhenAsked } from '../../src/adapters/headers-when-asked.ts'
import { AS_IN_SESSIONS } from '../../src/core/option-names.ts'
import { SessionCookie } from '../../src/core/session-cookie.ts'

const cookie = new SessionCookie({ name: 'sid', secure: false }, AS_IN_SESSIONS)
const effects = { setCookie: null, cookie }

const OfThePlatform = Response
// Which puts its own class in the place of the platform's.
getRequestListener(() => new OfThePlatform())
const OfTheNodeServer = Response

type Ask = (response: Response) => Headers | Promise<Headers>

describe('a response that shows a session when asked [P9]', () => {
  const Response = OfTheNodeServer

  function textFor(control: string, body: string | URLSearchParams = 'menu'): Response {
    return new Response(body, { status: 201, headers: { 'cache-control': control } })
  }

  test.each<[string, Ask]>([
    ['its headers', (response) => response.headers],
    ['a clone', (response) => response.clone().headers],
    ['a response made of it', (response) => new Response(response.body, response).headers],
    ['a response made of a clone', (response) => new Response('', response.clone()).headers],
    [
      'a response made of its text',
      async (response) => new Response(await response.text(), response).headers,
    ],
    [
      'a response made of it once something else was looked at',
      (response) => new Response(response.statusText, response).headers,
    ],
    ['the same, asked twice', (response) => response.headers && response.headers],
  ])('shows it in %s', async (_what, ask) => {
    for (const body of ['menu', new URLSearchParams('menu=1')]) {
      const response = textFor('public, max-age=60', body)
      expect(showWhenAsked(response, effects)).toBe(true)
      expect(response.status).toBe(201)
      const headers = await ask(response)
      expect(headers.get('cache-control')).toBe('private, max-age=60')
      expect(headers.get('vary')).toBe('Cookie')
    }
  })

  test('leaves its type to a body that a copy or a clone is made of', () => {
    const made = (): Response => new Response(new Blob(['menu'], { type: 'text/x-menu' }))
    const [copied, cloned] = [made(), made()]
    showWhenAsked(copied, effects)
    showWhenAsked(cloned, effects)
    for (const { headers } of [new Response(copied.body, copied), cloned.clone()]) {
      expect([headers.get('content-type'), headers.get('vary')]).toEqual(['text/x-menu', 'Cookie'])
    }
  })

  test('is a response of its class, and has its own constructor', () => {
    const response = textFor('public')
    showWhenAsked(response, effects)
    expect(response).toBeInstanceOf(Response)
    expect(response.constructor).toBe(Response)
    expect([response.ok, response.bodyUsed, response.type]).toEqual([true, false, 'default'])
  })

  test('is one like any other then, and its body is whole', async () => {
    const response = textFor('public')
    showWhenAsked(response, effects)
    response.headers.set('x-later', '1')
    expect(Object.keys(response)).toEqual([])
    expect(Object.getOwnPropertySymbols(response)).toEqual(Object.getOwnPropertySymbols(textFor('')))
    expect(Object.getPrototypeOf(response)).toBe(Response.prototype)
    expect(response.status).toBe(201)
    expect(await response.clone().text()).toBe('menu')
    expect(await response.text()).toBe('menu')
    expect(response.headers.get('x-later')).toBe('1')
  })

  test('may be given to several visitors', () => {
    const response = textFor('public')
    showWhenAsked(response, effects)
    showWhenAsked(response, effects)
    expect(response.headers.get('vary')).toBe('Cookie')
    showWhenAsked(response, effects)
    expect(response.headers.get('vary')).toBe('Cookie')
  })

  test('shows it where it redirects, itself and in a clone', () => {
    const made = (): Response => Response.redirect('http://localhost/elsewhere')
    const [asked, cloned] = [made(), made()]
    showWhenAsked(asked, effects)
    showWhenAsked(cloned, effects)
    for (const { headers } of [asked, cloned.clone(), cloned]) {
      expect(headers.get('location')).toBe('http://localhost/elsewhere')
      expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['private', 'Cookie'])
    }
  })

  test('shows it where it is of a class made of that one', () => {
    class Page extends Response {}
    const response = new Page('menu')
    expect(showWhenAsked(response, effects)).toBe(true)
    expect(response.clone().headers.get('vary')).toBe('Cookie')
  })

  test('shows nothing where it has no session', async () => {
    showWhenAsked(textFor('public'), effects)
    const response = textFor('public')
    expect(response.clone().headers.get('cache-control')).toBe('public')
    expect([await response.text(), response.headers.get('vary')]).toEqual(['menu', null])
  })

  test.each<[string, () => Response]>([
    ['the platform', () => new OfThePlatform('menu')],
    ['a class made of that of the platform', () => new (class extends OfThePlatform {})('menu')],
    ['no class', () => Object.create({ headers: new Headers() })],
  ])('is left to others to write into where it is of %s', (_class, make) => {
    const response = make()
    expect(showWhenAsked(response, effects)).toBe(false)
    expect(Object.getOwnPropertySymbols(response)).toEqual(Object.getOwnPropertySymbols(make()))
    expect(response.headers.get('vary')).toBe(null)
  })

  test('can be cloned no more than before when its body was read', async () => {
    const response = textFor('public')
    showWhenAsked(response, effects)
    await response.text()
    expect(() => response.clone()).toThrow(TypeError)
    expect(response.headers.get('cache-control')).toBe('private')
  })

  test('is left to others to write into where the class of the platform has its own place', () => {
    vi.stubGlobal('Response', OfThePlatform)
    onTestFinished(() => void vi.unstubAllGlobals())
    expect(showWhenAsked(new OfThePlatform('menu'), effects)).toBe(false)
  })

  test('is left to others to write into where somebody has looked into it before', () => {
    const response = textFor('public')
    response.clone()
    expect(showWhenAsked(response, effects)).toBe(false)
    expect(response.headers.get('cache-control')).toBe('public')
  })

  test('is left to others to write into where its class is made in another way', () => {
    class Page extends OfThePlatform {
      constructor(body: string) {
        if (body === '') throw new TypeError('A page has text.')
        super(body)
      }
    }
    const get = (): Headers => new Headers()
    Object.defineProperty(Page.prototype, 'headers', { get, configurable: true })
    vi.stubGlobal('Response', Page)
    onTestFinished(() => void vi.unstubAllGlobals())
    expect(showWhenAsked(new Page('menu'), effects)).toBe(false)
    expect(Object.getOwnPropertyDescriptor(Page.prototype, 'headers')?.get).toBe(get)
  })

  test('tells once, and its class is changed once, when this module is loaded again', async () => {
    const getter = (): unknown => Object.getOwnPropertyDescriptor(Response.prototype, 'headers')?.get
    showWhenAsked(textFor('public'), effects)
    const before = getter()
    vi.resetModules()
    const again = await import('../../src/adapters/headers-when-asked.ts')
    const response = textFor('public')
    expect(again.showWhenAsked(response, effects)).toBe(true)
    expect(response.clone().headers.get('cache-control')).toBe('private')
    expect(getter()).toBe(before)
  })

  test('is left to others to write into where its class copies it past what can be told', () => {
    class Copying extends OfThePlatform {}
    const { prototype } = OfThePlatform
    const get = function (this: Response): unknown {
      return Reflect.get(prototype, 'headers', this)
    }
    Object.defineProperty(Copying.prototype, 'headers', { get, configurable: true })
    Object.defineProperty(Copying.prototype, 'clone', { value: prototype.clone })
    vi.stubGlobal('Response', Copying)
    onTestFinished(() => void vi.unstubAllGlobals())
    expect(showWhenAsked(new Copying('menu'), effects)).toBe(false)
  })

  test('is left alone where nothing can be added to it', () => {
    const response = Object.freeze(textFor('public'))
    expect(showWhenAsked(response, effects)).toBe(false)
    expect(response.headers.get('cache-control')).toBe('public')
  })

  test('can still be asked when it was frozen since', () => {
    const response = textFor('public')
    showWhenAsked(response, effects)
    Object.freeze(response)
    expect(showWhenAsked(response, effects)).toBe(false)
    expect(response.headers.get('cache-control')).toBe('public')
  })
})
