import type { EventName } from '../../src/core/events.ts'
import type { Sessions } from '../../src/core/sessions.ts'

/** Every event there is. Typed as a full list, so that a new event that is forgotten here does not compile. */
const NAMES: { [Name in EventName]: true } = {
  created: true,
  loaded: true,
  missed: true,
  regenerated: true,
  touched: true,
  destroyed: true,
  expired: true,
  revoked: true,
  conflict: true,
  discarded: true,
  evicted: true,
  storeFailed: true,
}

/** The names of all events. */
export const EVENT_NAMES: readonly EventName[] = Object.keys(NAMES).filter(
  (name): name is EventName => name in NAMES,
)

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
