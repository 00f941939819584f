import type { Sessions } from '../../../src/core/sessions.ts'
import type { Data } from './data.ts'
import type { WatchedStore } from './watched-store.ts'

/** What has become of the session that all requests brought: followed from id to id by what managers tell. */
export class FirstSession {
  /** Whether its user's sessions were revoked. */
  revoked = false
  readonly #store: WatchedStore
  readonly #moved = new Set<string>()
  readonly #destroyed = new Set<string>()
  #left = false

  constructor(store: WatchedStore) {
    this.#store = store
  }

  /** Whether it was ended by a request, for good. */
  get ended(): boolean {
    // Told also by who came too late: what had gone on under another id was not ended by it.
    return this.#left || [...this.#destroyed].some((id) => !this.#moved.has(id))
  }

  follow(sessions: Sessions<Data>): void {
    sessions.on('regenerated', ({ id, previousId }) => {
      this.#moved.add(previousId)
      if (this.#store.wasFirst(previousId) && !this.#store.wasFirst(id)) this.#left = true
    })
    sessions.on('destroyed', ({ id }) => {
      if (this.#store.wasFirst(id) && this.#store.wasDestroyed(id)) this.#destroyed.add(id)
    })
  }
}
