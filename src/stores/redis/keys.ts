// Ids are base64url. The keys of a store with a longer prefix, such as ours and `session:`, have a colon in their rest.
const ID = /^[\w-]+$/

/** How the store names things in Redis. */
export class Keys {
  readonly #sessions: string
  readonly #users: string
  /** What begins every session key as SCAN gives it. */
  readonly scanned: string

  /**
   * @param prefix - What begins every key as the store sends it.
   * @param driverPrefix - What the driver puts before that by itself.
   */
  constructor(prefix: string, driverPrefix: string) {
    this.#sessions = `${prefix}session:`
    this.#users = `${prefix}user:`
    this.scanned = `${driverPrefix}${this.#sessions}`
  }

  /** The key of a session's record. */
  session(id: string): string {
    return this.#sessions + id
  }

  /** The key of a user's index. In a Cluster it lives in a slot of its own. */
  user(user: string): string {
    return this.#users + user
  }

  /** The session id in a key that SCAN gave; `undefined` when it is another key, or another store's. */
  idIn(scannedKey: string): string | undefined {
    if (!scannedKey.startsWith(this.scanned)) return undefined
    const id = scannedKey.slice(this.scanned.length)
    return ID.test(id) ? id : undefined
  }

  /** The pattern that finds all session keys, and may find others: see {@link Keys.idIn}. */
  get pattern(): string {
    return `${this.scanned.replace(/[\\*?[\]]/g, '\\$&')}*`
  }
}
