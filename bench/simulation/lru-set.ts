/** A set of bounded size that drops what was used longest ago. */
export class LruSet {
  readonly #limit: number
  readonly #members = new Set<number>()

  /** Makes an empty one that holds so many members. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Tells whether it holds a member. */
  has(member: number): boolean {
    return this.#members.has(member)
  }

  /** Takes a member in, or notes that it was used again. */
  add(member: number): void {
    this.#members.delete(member)
    this.#members.add(member)
    if (this.#members.size <= this.#limit) return
    const [oldest] = this.#members
    if (oldest !== undefined) this.#members.delete(oldest)
  }

  /** Drops a member, if it is there. */
  delete(member: number): void {
    this.#members.delete(member)
  }
}
