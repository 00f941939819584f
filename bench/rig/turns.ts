import type { StoreName, Subject } from '../subjects/subject.ts'
import type { Contestant } from './contestant.ts'

/** When one server of a contestant is next. */
export interface Turn {
  contestant: Contestant
  /** Which of its servers, from 0. */
  nth: number
}

/**
 * Gives every server its turn: the first of each contestant, then the second of each, so that what disturbs the machine
 * for a moment does not meet all servers of one.
 * @param processes - How many servers a subject gets, unless it is one that gets a single one.
 */
export function turnsOf(contestants: readonly Contestant[], processes: number): Turn[] {
  return Array.from({ length: processes }, (_, nth) =>
    contestants
      .filter(({ subject, store }) => nth < processesOf(subject, store, processes))
      .map((contestant) => ({ contestant, nth })),
  ).flat()
}

// With these the work of the driver is most of a request, and the luck of a process little of it.
const STORES_OF_ONE: readonly StoreName[] = ['sqlite', 'postgres']

/** How many servers of a subject are measured. */
function processesOf({ kind }: Subject, store: StoreName, processes: number): number {
  // The time goes to those whose figures are near each other and are to reach something; most peers are several times away.
  return kind === 'peer' || kind === 'floor' || STORES_OF_ONE.includes(store) ? 1 : processes
}
