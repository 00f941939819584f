import type { ConditionalStore } from '../../../src/core/store.ts'

/** A store opened in a process of its own. */
export interface OpenStore {
  store: ConditionalStore
  /** Disposes the store and ends its client. */
  close: () => Promise<void>
}

/**
 * What a module beside this file exports as `openStore`: opens the store on a backend that all processes share.
 * @param settings - Where the backend is: a path or a URL.
 */
export type OpenStoreFunction = (settings: string) => Promise<OpenStore>
