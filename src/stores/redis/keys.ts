// Ids are base64url. The keys of a store with a longer prefix, such as ours and `session:`, have a colon in their rest.
const ID = /^[\w-]+$/

// What a Cluster places a key by: the text between its first brace and the next closing one, if there is any.
const HASH_TAG = /^[^{]*\{[^}]+\}/
const BRACE = /[{}]/

/** How the store names things in Redis. */
export class Keys {
  readonly #sessions: string
  readonly #users: string
  readonly #ended: ((id: string) => string) | undefined
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
    const whole = driverPrefix + prefix
    if (HASH_TAG.test(whole)) this.#ended = (id) => `${prefix}ended:${id}`
    else if (!BRACE.test(whole)) this.#ended = (id) => `${prefix}ended:{${this.scanned}${id}}`
  }

  /** The key of a session's record. */
  session(id: string): string {
    return this.#sessions + id
  }

  /**
   * The key of a session's record and, where there can be one, a key in the same slot of a Cluster for word of its
   * end. There can be none when the prefix has a brace that is no part of a hash tag.
   */
  sessionAndEnd(id: string): [string, ...string[]] {
    const ended = ID.test(id) ? this.#ended?.(id) : undefined
    return ended === undefined ? [this.session(id)] : [this.session(id), ended]
  }

  /** The key of a user's index. In a Cluster it lives in a slot of its own. Two users may share one: see `UserIndex`. */
  user(user: string): string {
    // Half a character is sent as U+FFFD, and node-redis reckons the slot from what it was before.
    return this.#users + user.toWellFormed()
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
