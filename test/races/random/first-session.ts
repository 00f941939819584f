import type { Sessions } from '../../../src/core/sessions.ts'
import type { Data } from './data.ts'
import type { WatchedStore } from './watched-store.ts'

/** What has become of the session that all requests brought: followed from id to id by what managers tell. */
export class FirstSession {
  /** Whether it was ended by a request, for good. */
  ended = false
  /** Whether its user's sessions were revoked. */
  revoked = false
  readonly #store: WatchedStore

  constructor(store: WatchedStore) {
    this.#store = store
  }

  follow(sessions: Sessions<Data>): void {
    sessions.on('regenerated', ({ id, previousId }) => {
      if (this.#store.wasFirst(previousId) && !this.#store.wasFirst(id)) this.ended = true
    })
    // Told also by who came too late: when it had gone on under another id, nothing was destroyed.
    sessions.on('destroyed', ({ id }) => {
      if (this.#store.wasFirst(id) && this.#store.wasDestroyed(id)) this.ended = true
    })
  }
}
