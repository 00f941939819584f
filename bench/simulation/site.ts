import { SeededRandom } from '../../test/engine/seeded-random.ts'
import { LruSet } from './lru-set.ts'

// How people use the site.
const REQUESTS_A_VISIT = 20
const SECONDS_BETWEEN_REQUESTS = 15
/** Of the requests, those that change the session. */
const WRITING_SHARE = 0.05
/** A session in use is touched so often, which is a write too. */
const SECONDS_BETWEEN_TOUCHES = 300

/** A site whose processes each keep a near cache. */
export interface SiteOptions {
  /** Visits under way at any time. */
  visits: number
  processes: number
  /** Whether a visitor's requests all go to one process. */
  sticky: boolean
  /** Records each process's cache holds; 0 for no cache. */
  entries: number
}

interface Visit {
  session: number
  requestsLeft: number
  touchedAt: number
  home: number
}

/** What one request found and did. */
export interface Seen {
  /** Whether the process that got it had the record at hand. */
  hit: boolean
  /** Whether it wrote or touched the session. */
  wrote: boolean
}

/** Simulates a site: visits drawn at random, the same ones each time. */
export class Site {
  readonly #options: SiteOptions
  readonly #random = new SeededRandom(1)
  readonly #caches: readonly LruSet[]
  readonly #visits: Visit[]
  #requests = 0
  #sessions = 0

  /** Opens the site, with its visits under way and its caches empty. */
  constructor(options: SiteOptions) {
    this.#options = options
    this.#caches = Array.from({ length: options.processes }, () => new LruSet(options.entries))
    this.#visits = Array.from({ length: options.visits }, () => this.#arrive(0))
  }

  /** Lets one visitor send a request. */
  request(): Seen {
    const now = (this.#requests++ / this.#options.visits) * SECONDS_BETWEEN_REQUESTS
    const at = this.#random.below(this.#visits.length)
    const visit = this.#visits[at] ?? this.#arrive(now)
    const cache = this.#caches[this.#options.sticky ? visit.home : this.#random.below(this.#caches.length)]
    const hit = cache?.has(visit.session) === true
    cache?.add(visit.session)
    const wrote = this.#random.chance(WRITING_SHARE) || now - visit.touchedAt >= SECONDS_BETWEEN_TOUCHES
    if (wrote) this.#forget(visit, now)
    visit.requestsLeft--
    if (visit.requestsLeft === 0) this.#visits[at] = this.#arrive(now)
    return { hit, wrote }
  }

  /** A write makes every process drop the record, the writing one too. */
  #forget(visit: Visit, now: number): void {
    for (const cache of this.#caches) cache.delete(visit.session)
    visit.touchedAt = now
  }

  #arrive(now: number): Visit {
    return {
      session: this.#sessions++,
      requestsLeft: 1 + this.#random.below(2 * REQUESTS_A_VISIT - 1),
      touchedAt: now,
      home: this.#random.below(this.#options.processes),
    }
  }
}
