import { ConfigError } from '../core/errors.ts'
import { PathPattern } from './path-pattern.ts'

/** What is kept under a path, with the parameters of a request's path. */
export type Found<Kept> = [Kept, Record<string, string>]

interface Entry<Kept> {
  readonly order: number
  readonly method: string
  readonly pattern: PathPattern
  readonly kept: Kept
}

/** The entries whose paths begin with the same plain segments, and what is further down. A class: see decision 16. */
class Branch<Kept> {
  readonly below = new Map<string, Branch<Kept>>()
  /** Whose path is this branch's own, letter by letter. */
  readonly here: Entry<Kept>[] = []
  /** Whose path goes on with a parameter or a wildcard. */
  readonly open: Entry<Kept>[] = []
}

/**
 * Finds what is kept for a request's method and path, in the order it was added.
 *
 * Hono's own routers are several, which read some paths differently, and which of them an app gets is decided by all its
 * routes together: a guard's path could change its meaning with an unrelated route. Here each path is an expression of its
 * own, looked for below the plain segments it begins with.
 */
export class RouteTable<Kept> {
  readonly #root = new Branch<Kept>()
  readonly #methods = new Set<string>()
  /** What was found for the paths that are plain text: there are no more than were added. */
  readonly #literal = new Map<string, Map<string, Found<Kept>[]>>()
  #size = 0
  #closed = false

  /**
   * Keeps something for a method, or for `ALL`, and a path.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` a request has been answered already.
   * @throws {SyntaxError} an expression in the path is none.
   */
  add(method: string, path: string, kept: Kept): void {
    if (this.#closed) throw tooLate(method, path)
    const pattern = new PathPattern(path)
    let branch = this.#root
    for (const segment of pattern.prefix) {
      const known = branch.below.get(segment)
      const next = known ?? new Branch<Kept>()
      if (known === undefined) branch.below.set(segment, next)
      branch = next
    }
    const entries = pattern.literal ? branch.here : branch.open
    entries.push({ order: this.#size++, method, pattern, kept })
    this.#methods.add(method)
    if (pattern.literal) this.#literal.set(`/${pattern.prefix.join('/')}`, new Map())
  }

  /** Finds all that is kept for a request. */
  match(method: string, path: string): Found<Kept>[] {
    this.#closed = true
    const known = this.#literal.get(path)
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
    const search = new Search<Kept>(method, path)
    let branch: Branch<Kept> | undefined = this.#root
    // Segment by segment, without a list of them: this is done for each request.
    for (let at = 0; branch !== undefined; ) {
      search.among(branch.open)
      if (at >= path.length) {
        search.among(branch.here)
        break
      }
      const slash = path.indexOf('/', at + 1)
      const end = slash === -1 ? path.length : slash
      branch = branch.below.get(path.slice(at + 1, end))
      at = end
    }
    return search.found
  }
}

/** A search for one request. */
class Search<Kept> {
  readonly found: Found<Kept>[] = []
  readonly #orders: number[] = []
  #last = -1
  readonly #method: string
  readonly #path: string

  constructor(method: string, path: string) {
    this.#method = method
    this.#path = path
  }

  among(entries: readonly Entry<Kept>[]): void {
    for (const { method, pattern, order, kept } of entries) {
      if (method !== this.#method && method !== 'ALL') continue
      const params = pattern.match(this.#path)
      if (params !== null) this.#keep(order, [kept, params])
    }
  }

  /** Puts it in its place: the branches come by their paths, not by when their entries were added. */
  #keep(order: number, found: Found<Kept>): void {
    if (order > this.#last) {
      this.#last = order
      this.#orders.push(order)
      this.found.push(found)
      return
    }
    const at = this.#orders.findIndex((other) => other > order)
    this.#orders.splice(at, 0, order)
    this.found.splice(at, 0, found)
  }
}

function tooLate(method: string, path: string): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `The route ${method} ${path} was added after the first request, and would have been missing until then. Add all routes and middleware before the app answers.`,
  )
}
