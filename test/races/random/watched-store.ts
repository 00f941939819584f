import type { SessionRecord } from '../../../src/core/record.ts'
import type { ReplaceOptions, ReplaceOutcome, WriteOptions } from '../../../src/core/store.ts'
import { MemorySessionStore } from '../../../src/stores/memory.ts'
import { dataOf } from './data.ts'

/** A memory store that finds fault with each write as it is made, and tells what is written. */
export class WatchedStore extends MemorySessionStore {
  /** What no write may do and one did. */
  readonly faults: string[] = []
  readonly #note: (what: string) => void
  /** The newest record that was written under each id, in the order the ids came up. */
  readonly #written = new Map<string, SessionRecord>()
  readonly #destroyed = new Set<string>()

  constructor(now: () => number, note: (what: string) => void) {
    super({ now })
    this.#note = note
  }

  /** Whether a record of the first session, or of what it went on as, was last written under this id. */
  wasFirst(id: string): boolean {
    const record = this.#written.get(id)
    return record !== undefined && dataOf(record).first === true
  }

  /** Whether a live record under this id was ended by `destroy`. */
  wasDestroyed(id: string): boolean {
    return this.#destroyed.has(id)
  }

  /** All that live. */
  get live(): readonly SessionRecord[] {
    return this.entries().records
  }

  override set(id: string, record: SessionRecord, options: WriteOptions): void {
    super.set(id, record, options)
    this.#wrote(record)
  }

  override create(id: string, record: SessionRecord, options: WriteOptions): boolean {
    if (this.#written.has(id)) this.faults.push(`[P4] ${this.#name(id)} came back`)
    const created = super.create(id, record, options)
    if (created) this.#wrote(record)
    return created
  }

  override replace(id: string, record: SessionRecord, options: ReplaceOptions): ReplaceOutcome {
    const before = this.get(id)
    const outcome = super.replace(id, record, options)
    const ending = options.ttl <= 0
    this.#note(`  ${ending ? 'end' : 'write'} of ${this.#name(id)}: ${outcome}`)
    if (outcome !== 'written' || ending) return outcome
    if (before?.user !== record.user) this.faults.push(`[P5] ${this.#name(id)} got another user`)
    this.#wrote(record)
    return outcome
  }

  override destroy(id: string): void {
    if (this.get(id) !== null) this.#destroyed.add(id)
    super.destroy(id)
    this.#note(`  destroys ${this.#name(id)}`)
  }

  override destroyByUser(user: string, options: { except?: string } = {}): number {
    const count = super.destroyByUser(user, options)
    this.#note(`  destroys ${count} of ${user}`)
    return count
  }

  #wrote(record: SessionRecord): void {
    this.#written.set(record.id, record)
    this.#note(`  ${this.#name(record.id)} is ${record.data}`)
    if (dataOf(record).userId !== record.user)
      this.faults.push(`[P5] ${this.#name(record.id)} is kept under another user than its data says`)
  }

  /** A name that is the same each time a seed is run, as ids are not. */
  #name(id: string): string {
    return `record ${[...this.#written.keys()].indexOf(id) + 1}`
  }
}
