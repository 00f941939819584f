import type { SessionRecord } from '../../src/core/record.ts'
import type { SessionStore } from '../../src/core/store.ts'

/**
 * A store as somebody writes it in ten lines: get, set and destroy over a map. It knows no time: what is in it
 * stays until it is destroyed, so any expiry that is seen is the engine's.
 */
export class MapStore implements SessionStore {
  /** The records as JSON text, by id. */
  readonly records = new Map<string, string>()

  get(id: string): SessionRecord | null {
    const text = this.records.get(id)
    return text === undefined ? null : JSON.parse(text)
  }

  set(id: string, record: SessionRecord): void {
    this.records.set(id, JSON.stringify(record))
  }

  destroy(id: string): void {
    this.records.delete(id)
  }
}
