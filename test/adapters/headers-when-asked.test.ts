import { describe, expect, test } from 'vitest'
import { showWhenAsked } from '../../src/adapters/headers-when-asked.ts'
import { AS_IN_SESSIONS } from '../../src/core/option-names.ts'
import { SessionCookie } from '../../src/core/session-cookie.ts'

const cookie = new SessionCookie({ name: 'sid', secure: false }, AS_IN_SESSIONS)
const effects = { setCookie: null, cookie }

function textFor(control: string): Response {
  return new Response('menu', { status: 201, headers: { 'cache-control': control } })
}

type Ask = (response: Response) => Headers

describe('a response that shows a session when asked [P9]', () => {
  test.each<[string, Ask]>([
    ['its headers', (response) => response.headers],
    ['a clone', (response) => response.clone().headers],
    ['a response made of it', (response) => new Response(response.body, response).headers],
    ['the same, asked twice', (response) => response.headers && response.headers],
  ])('shows it in %s', (_what, ask) => {
    const response = textFor('public, max-age=60')
    expect(showWhenAsked(response, effects)).toBe(true)
    const headers = ask(response)
    expect(headers.get('cache-control')).toBe('private, max-age=60')
    expect(headers.get('vary')).toBe('Cookie')
  })

  test('is one like any other then, and its body is whole', async () => {
    const response = textFor('public')
    showWhenAsked(response, effects)
    response.headers.set('x-later', '1')
    expect(Object.keys(response)).toEqual([])
    expect(Object.getOwnPropertySymbols(response)).toEqual(Object.getOwnPropertySymbols(textFor('')))
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

  test('shows it also where its own headers cannot be changed', () => {
    const response = Response.redirect('http://localhost/elsewhere')
    showWhenAsked(response, effects)
    const { headers } = response
    expect(headers.get('location')).toBe('http://localhost/elsewhere')
    expect(headers.get('cache-control')).toBe('private')
    expect(response.headers).toBe(headers)
    const clone = response.clone()
    expect(clone.headers.get('location')).toBe('http://localhost/elsewhere')
    expect(clone.headers.get('cache-control')).toBe('private')
    expect(clone.clone().headers.get('vary')).toBe('Cookie')
  })

  test('can be cloned no more than before when its body was read', async () => {
    const response = textFor('public')
    showWhenAsked(response, effects)
    await response.text()
    expect(() => response.clone()).toThrow(TypeError)
    expect(response.headers.get('cache-control')).toBe('private')
  })

  test('is left alone where nothing can be added to it', () => {
    const response = Object.freeze(textFor('public'))
    expect(showWhenAsked(response, effects)).toBe(false)
    expect(response.headers.get('cache-control')).toBe('public')
  })
})
