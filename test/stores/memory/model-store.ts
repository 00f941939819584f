import type { SessionRecord } from '../../../src/core/record.ts'
import type { ReplaceOptions, ReplaceOutcome, TouchOptions, WriteOptions } from '../../../src/core/store.ts'

interface Row {
  id: string
  record: SessionRecord
  deadline: number
}

/** The memory store as it would be if it need not be fast: one list, the least recently used record first. */
export class ModelStore {
  readonly evicted: string[] = []
  readonly #options: { maxSessions: number; cleanupInterval: number; now: () => number }
  #rows: Row[] = []
  #nextSweep: number | undefined

  constructor(options: { maxSessions: number; cleanupInterval: number; now: () => number }) {
    this.#options = options
  }

  get size(): number {
    this.#sweep()
    return this.#rows.length
  }

  get(id: string): SessionRecord | null {
    const row = this.#findLive(id)
    if (row === undefined) return null
    this.#use(row)
    return { ...row.record }
  }

  set(id: string, record: SessionRecord, { ttl }: WriteOptions): void {
    const row = this.#findLive(id)
    if (row !== undefined) this.#remove(row)
    if (ttl > 0) this.#add({ id, record: { ...record }, deadline: this.#options.now() + ttl })
  }

  create(id: string, record: SessionRecord, options: WriteOptions): boolean {
    if (this.#findLive(id) !== undefined) return false
    this.set(id, record, options)
    return true
  }

  replace(id: string, record: SessionRecord, options: ReplaceOptions): ReplaceOutcome {
    const row = this.#findLive(id)
    if (row === undefined) return 'missing'
    if (row.record.revision !== options.revision) return 'conflict'
    this.set(id, record, options)
    return 'written'
  }

  touch(id: string, { ttl, touchedAt, expiresAt }: TouchOptions): boolean {
    const row = this.#findLive(id)
    if (row === undefined) return false
    this.set(id, { ...row.record, touchedAt, expiresAt }, { ttl })
    return true
  }

  destroy(id: string): void {
    this.#sweep()
    this.#rows = this.#rows.filter((row) => row.id !== id)
  }

  listByUser(user: string): SessionRecord[] {
    return this.entries().records.filter((record) => record.user === user)
  }

  destroyByUser(user: string, { except }: { except?: string } = {}): number {
    const live = this.listByUser(user).filter(({ id }) => id !== except)
    this.#rows = this.#rows.filter((row) => row.record.user !== user || row.id === except)
    return live.length
  }

  entries(): { records: SessionRecord[] } {
    this.#sweep()
    return { records: this.#rows.filter((row) => this.#isLive(row)).map(({ record }) => ({ ...record })) }
  }

  count(): number {
    return this.entries().records.length
  }

  #isLive(row: Row): boolean {
    return row.deadline > this.#options.now()
  }

  /** Finds a live record, and removes a dead one it comes upon. */
  #findLive(id: string): Row | undefined {
    this.#sweep()
    const row = this.#rows.find((candidate) => candidate.id === id)
    if (row === undefined || this.#isLive(row)) return row
    this.#remove(row)
    return undefined
  }

  #add(row: Row): void {
    this.#rows.push(row)
    this.#nextSweep ??= this.#options.now() + this.#options.cleanupInterval
    if (this.#rows.length <= this.#options.maxSessions) return
    const oldest = this.#rows.shift()
    if (oldest !== undefined && this.#isLive(oldest)) this.evicted.push(oldest.id)
  }

  #use(row: Row): void {
    this.#remove(row)
    this.#rows.push(row)
  }

  #remove(row: Row): void {
    this.#rows = this.#rows.filter((other) => other !== row)
  }

  /** Does the sweeps that were due since the last call: each as of the moment it was due. */
  #sweep(): void {
    while (this.#nextSweep !== undefined && this.#nextSweep <= this.#options.now()) {
      const due = this.#nextSweep
      this.#rows = this.#rows.filter((row) => row.deadline > due)
      this.#nextSweep = this.#rows.length > 0 ? due + this.#options.cleanupInterval : undefined
    }
  }
}
