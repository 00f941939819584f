import { ConfigError } from '../../core/errors.ts'
import type { RedisRestDatabase } from './client.ts'

/** Where a REST interface is, and what each request to it says. */
export interface RestAddress {
  /** Takes one command. */
  readonly one: string
  /** Takes a list of commands. */
  readonly pipeline: string
  readonly headers: Readonly<Record<string, string>>
}

const VARIABLES = {
  url: 'On Upstash it is in UPSTASH_REDIS_REST_URL, on Vercel in KV_REST_API_URL.',
  token: 'On Upstash it is in UPSTASH_REDIS_REST_TOKEN, on Vercel in KV_REST_API_TOKEN.',
} as const

const AROUND = /^[\s"'`]|[\s"'`]$/
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/
// What may stand in a header behind `Bearer`. Checked here, because fetch() shows what it refuses.
const TOKEN = /^[\x21-\x7e]+$/

/**
 * Checks what was given as a database behind the REST interface. Nothing of it is shown: a URL may hold a password.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` with what to give instead.
 */
export function restAddress({ url, token, ...unknown }: RedisRestDatabase): RestAddress {
  const [name] = Object.keys(unknown)
  if (name !== undefined) throw unusable(`has no ${name}: it is { url, token } and nothing else.`)
  const address = addressIn(text('url', url))
  const bearer = text('token', token)
  if (!TOKEN.test(bearer))
    throw unusable(`has a token that is none: give it alone, without 'Bearer'. ${VARIABLES.token}`)
  const one = `${address.origin}${address.pathname.replace(/\/+$/, '')}`
  return {
    one,
    pipeline: `${one}/pipeline`,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
  }
}

function addressIn(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address?.protocol === 'redis:' || address?.protocol === 'rediss:')
    throw unusable(
      `has the url that drivers take (${address.protocol}//). Give the REST one, which begins with https://, or a client of node-redis or ioredis. ${VARIABLES.url}`,
    )
  const isSafe =
    address?.protocol === 'https:' || (address?.protocol === 'http:' && LOOPBACK.test(address.hostname))
  if (address === undefined || !isSafe)
    throw unusable(
      `has a url that does not begin with https://, and the token must not travel in the open (http:// is for localhost alone). ${VARIABLES.url}`,
    )
  if (address.username !== '' || address.password !== '' || address.search !== '' || address.hash !== '')
    throw unusable(`has a url with more in it than an address: give the token as token. ${VARIABLES.url}`)
  return address
}

function text(name: keyof typeof VARIABLES, value: unknown): string {
  if (value === undefined || value === '')
    throw unusable(`has no ${name}: the environment variable is missing, or empty. ${VARIABLES[name]}`)
  if (typeof value !== 'string') throw unusable(`has a ${name} that is no text. ${VARIABLES[name]}`)
  if (AROUND.test(value))
    throw unusable(`has a ${name} with quotes or white space around it: take them off. ${VARIABLES[name]}`)
  return value
}

function unusable(problem: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', `RedisSessionStore: the database for HTTP ${problem}`)
}
