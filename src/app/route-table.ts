import { TrieRouter } from 'hono/router/trie-router'
import { ConfigError } from '../core/errors.ts'
import { routerPaths } from './path-segments.ts'
import { checkRouter } from './router-check.ts'

/** What is kept under a path, with the parameters of a request's path. */
export type Found<Kept> = [Kept, Record<string, string>]

const PLAIN = /^[^:*]*$/

/**
 * Finds what is kept for a request's method and path, in the order it was added.
 *
 * With one of Hono's routers, and not with the several that Hono chooses from: those read some paths differently, and which
 * of them an app gets is decided by all its routes together. See docs/decisions/0020-one-of-honos-routers.md.
 */
export class RouteTable<Kept> {
  readonly #router = new TrieRouter<Kept>()
  readonly #methods = new Set<string>()
  /** What was found for the paths that are plain text: there are no more than were added. */
  readonly #plain = new Map<string, Map<string, Found<Kept>[]>>()
  #closed = false

  /** @throws {ConfigError} `ERR_PEER_MISSING` the Hono that is installed is too old. */
  constructor() {
    checkRouter(new TrieRouter())
  }

  /**
   * Keeps something for a method, or for `ALL`, and a path.
   * @param kept - Another one for each path: what is found twice is given once.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` a request has been answered already.
   */
  add(method: string, path: string, kept: Kept): void {
    if (this.#closed) throw tooLate(method, path)
    for (const one of routerPaths(path)) this.#router.add(method, one, kept)
    this.#methods.add(method)
    if (PLAIN.test(path)) this.#plain.set(path, new Map())
  }

  /** Finds all that is kept for a request. */
  match(method: string, path: string): Found<Kept>[] {
    this.#closed = true
    const known = this.#plain.get(path)
    if (known === undefined) return this.#search(method, path)
    // A method nobody has added can be any text, of which there is no end.
    const key = this.#methods.has(method) ? method : 'ALL'
    let found = known.get(key)
    if (found === undefined) {
      found = this.#search(key, path)
      known.set(key, found)
    }
    return found
  }

  #search(method: string, path: string): Found<Kept>[] {
    const result = this.#router.match(method, path)
    // Hono's type is for all its routers: another one gives the values in a list beside.
    if (result.length !== 1) return []
    return path.includes('*') || path.includes(':') ? withoutRepeats(result[0]) : result[0]
  }
}

/**
 * Leaves out what was found twice. The router keeps a parameter under its text: the segment `:id` of a request leads there as
 * text and as any value, and a path of several such segments leads to what is behind them many times.
 */
function withoutRepeats<Kept>(found: Found<Kept>[]): Found<Kept>[] {
  // In the order they were added, so that repeats stand together. Found as a value is the later one, with its parameters.
  return found.filter(([kept], at) => kept !== found[at + 1]?.[0])
}

function tooLate(method: string, path: string): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `The route ${method} ${path} was added after the first request, and would have been missing until then. Add all routes and middleware before the app answers.`,
  )
}
