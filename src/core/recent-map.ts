// Two halves of this size are kept at most.
const HALF = 4_096

/**
 * Remembers values by key, as many as were set or asked for most recently: up to 8,192.
 *
 * When one half is full it becomes the old half, and the former old half is forgotten: constant memory, and no
 * bookkeeping per lookup.
 */
export class RecentMap<Value extends object> {
  #recent = new Map<string, Value>()
  #old = new Map<string, Value>()

  /** Gives the value under a key; `undefined` when there is none, or it was forgotten. */
  get(key: string): Value | undefined {
    const recent = this.#recent.get(key)
    if (recent !== undefined) return recent
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  /** Remembers a value. */
  set(key: string, value: Value): void {
    if (this.#recent.size >= HALF) {
      this.#old = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(key, value)
  }
}
