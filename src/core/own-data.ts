import type { DataObject } from './data-text.ts'
import { copyParsed } from './parsed-copy.ts'
import { mayBePart } from './text-part.ts'

/**
 * One request's own data, which may have been begun from data that serves other requests too: an object in it is
 * copied when it is first given away, and the rest never is.
 */
export class OwnData {
  readonly #values: DataObject
  /** Whose objects `#values` may still share; `null` when none. */
  #lender: Readonly<DataObject> | null
  #holdsParts = false

  private constructor(values: DataObject, lender: Readonly<DataObject> | null) {
    this.#values = values
    this.#lender = lender
  }

  /** Takes data that nobody else has. */
  static of(values: DataObject): OwnData {
    return new OwnData(values, null)
  }

  /** Begins with what others have. */
  static from(lender: Readonly<DataObject>): OwnData {
    return new OwnData({ ...lender }, lender)
  }

  /** The data for looking at alone. */
  get seen(): Readonly<DataObject> {
    return this.#values
  }

  /** Gives the value under a key to somebody who may change what is in it. */
  give(key: string): unknown {
    this.#redeem(key)
    return this.#values[key]
  }

  /** Gives all of the data to somebody who may change it. */
  all(): DataObject {
    if (this.#lender !== null) {
      for (const key of Object.keys(this.#values)) this.#redeem(key)
      this.#lender = null
    }
    return this.#values
  }

  /** The data for others to begin from; `null` when it may hold more in memory than it shows. */
  get lendable(): Readonly<DataObject> | null {
    return this.#holdsParts ? null : this.#values
  }

  put(key: string, value: unknown): void {
    if (mayBePart(value)) this.#holdsParts = true
    this.#values[key] = value
  }

  remove(key: string): void {
    delete this.#values[key]
  }

  #redeem(key: string): void {
    const value = this.#values[key]
    if (typeof value !== 'object' || value === null) return
    if (this.#lender?.[key] === value) this.#values[key] = copyParsed(value)
  }
}
