import { Redis } from '@upstash/redis'
import { describe, expect, test } from 'vitest'
import { RedisSessionStore } from '../../../src/stores/redis.ts'

const URL = 'https://us1-merry-cat-32748.upstash.io'
const TOKEN = 'AXyzSecretOfThisDatabase=='

function refusalOf(client: unknown): Error {
  try {
    // @ts-expect-error most of what is given here is no database
    new RedisSessionStore(client)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID' })
    expect(error.message).not.toContain(TOKEN.slice(2, 20))
    return error
  }
  throw new Error('It was taken.')
}

describe('the database for HTTP', () => {
  test.each([
    [URL],
    [`${URL}/`],
    ['https://redis.example.com:8443/a/path'],
    ['http://localhost:8079'],
    ['http://127.0.0.1:8079'],
    ['http://[::1]:8079'],
  ])('at %s is taken, and nothing is sent to it yet', (url) => {
    expect(() => new RedisSessionStore({ url, token: TOKEN })).not.toThrow()
  })

  test('without one of the two names the variable that is missing', () => {
    const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = process.env
    expect(refusalOf({ url, token: TOKEN }).message).toMatch(
      /has no url.*UPSTASH_REDIS_REST_URL.*KV_REST_API_URL/,
    )
    expect(refusalOf({ url: URL, token }).message).toMatch(
      /has no token.*UPSTASH_REDIS_REST_TOKEN.*KV_REST_API_TOKEN/,
    )
    expect(refusalOf({ url: URL, token: '' }).message).toMatch(/has no token/)
    expect(refusalOf({ url: URL }).message).toMatch(/has no token/)
    expect(refusalOf({ token: TOKEN }).message).toMatch(/has no url/)
    expect(refusalOf({ url: URL, token: 5 }).message).toMatch(/a token that is no text/)
  })

  test.each([
    [
      'the address of a driver',
      `rediss://default:${TOKEN}@us1-merry-cat-32748.upstash.io:6379`,
      /drivers take \(rediss:\/\/\)/,
    ],
    ['an address in the open', 'http://redis.example.com', /begin with https:/],
    ['one without a scheme', 'us1-merry-cat-32748.upstash.io', /begin with https:/],
    ['one with the token in it', `${URL}?_token=${TOKEN}`, /more in it than an address/],
    ['one with a password in it', `https://default:${TOKEN}@us1-merry-cat-32748.upstash.io`, /more in it/],
    ['one in quotes', `"${URL}"`, /a url with quotes or white space/],
    ['one with a line break', `${URL}\n`, /a url with quotes or white space/],
  ])('is refused with %s as its url', (_what, url, words) => {
    expect(refusalOf({ url, token: TOKEN }).message).toMatch(words)
  })

  test.each([
    ['in quotes', `'${TOKEN}'`, /a token with quotes or white space/],
    ['with a line break', `${TOKEN}\n`, /a token with quotes or white space/],
    ['with its word', `Bearer ${TOKEN}`, /alone, without 'Bearer'/],
    ['with what no header holds', `${TOKEN}\u2026`, /alone, without 'Bearer'/],
  ])('is refused with a token %s', (_what, token, words) => {
    expect(refusalOf({ url: URL, token }).message).toMatch(words)
  })

  test('is refused with settings of another library', () => {
    expect(refusalOf({ url: URL, token: TOKEN, retry: false }).message).toMatch(
      /has no retry: it is \{ url, token \}/,
    )
  })

  test('is what to give for a client of @upstash/redis', () => {
    expect(refusalOf(new Redis({ url: URL, token: TOKEN })).message).toMatch(
      /give \{ url: process\.env\.UPSTASH_REDIS_REST_URL, token: process\.env\.UPSTASH_REDIS_REST_TOKEN \}/,
    )
  })

  test('has no near-cache', () => {
    expect(() => new RedisSessionStore({ url: URL, token: TOKEN }, { cache: { maxEntries: 10 } })).toThrow(
      expect.objectContaining({ code: 'ERR_STORE_UNSUPPORTED', message: expect.stringMatching(/over HTTP/) }),
    )
  })
})
