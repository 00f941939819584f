import { EVENT_NAMES, type EventName } from '../../src/core/events.ts'
import type { Sessions } from '../../src/core/sessions.ts'

/** What a manager told, from the moment the log was begun. */
export class EventLog {
  readonly #entries: Array<{ name: EventName; event: object }> = []

  constructor(sessions: Pick<Sessions<object>, 'on'>) {
    for (const name of EVENT_NAMES) sessions.on(name, (event) => this.#entries.push({ name, event }))
  }

  /** The events in order: the name, and the reason where there is one, as `missed: forged`. */
  get told(): string[] {
    return this.#entries.map(({ name, event }) => ('reason' in event ? `${name}: ${event.reason}` : name))
  }

  /** The events in order, whole. */
  get entries(): ReadonlyArray<{ name: EventName; event: object }> {
    return this.#entries
  }

  /** Forgets what was told so far. */
  clear(): void {
    this.#entries.length = 0
  }
}
