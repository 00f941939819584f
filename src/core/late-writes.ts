import type { SessionRecord } from './record.ts'

/** What is done to a record: it is written, or ended. */
export interface Deed {
  /** What the record is by it; `null` when it ends. */
  readonly record: SessionRecord | null
  /** When it was begun, as a number that grows. */
  readonly begun: number
  /** Gives the same under another revision: who has read what came late must not take it for this. */
  under(revision: number): Deed
  /** Does it. */
  run(): Promise<void>
}

/** Is told what a write that begins will have done, should it be late. */
export type Begin = (deed: Deed) => void

/** The late writes of one record. */
interface Late {
  /** What each will have done, should it come through. */
  readonly writes: Map<Promise<unknown>, Deed>
  /** What counts: what was done last in its time, or was given to somebody since. */
  latest: Deed | null
  /** Since when, as a number that grows. A late write that was begun before does not take its place. */
  since: number
  /** Whether it was late itself, and nobody in a turn of theirs has found it there since. */
  wasLate: boolean
  /** The highest revision that any of these has. */
  revision: number
}

const SHORTEST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/**
 * Keeps account of writes that did not end in their time and may still reach the store, perhaps over what was done
 * to the record since. What counts is done again where one of them is found in its place.
 */
export class LateWrites {
  readonly #late = new Map<string, Late>()
  /** How much was begun: a write that is late itself is not what was done last when it ends. */
  #begun = 0

  /** Gives the number of what is about to be done to a record. */
  begin(): number {
    return ++this.#begun
  }

  /**
   * Takes in a write that has not ended.
   * @param setRight - Sets the record right, beside nothing else that is done to it.
   */
  add(id: string, write: Promise<unknown>, deed: Deed, setRight: () => Promise<unknown>): void {
    const late = this.#late.get(id) ?? {
      writes: new Map(),
      latest: null,
      since: 0,
      wasLate: false,
      revision: 0,
    }
    this.#late.set(id, late)
    late.writes.set(write, deed)
    late.revision = Math.max(late.revision, deed.record?.revision ?? 0)
    // Nobody waits for it: those who did have had their answer. Not forgotten before the record is right: while it is not, this is
    // what the late content is told by.
    const ended = (pause: number): void => {
      setRight().then(
        () => this.#forget(id, late, write),
        () => later(pause, () => ended(Math.min(2 * pause, LONGEST_PAUSE_MS))),
      )
    }
    const begin = (): void => ended(SHORTEST_PAUSE_MS)
    write.then(begin, begin)
  }

  #forget(id: string, late: Late, write: Promise<unknown>): void {
    late.writes.delete(write)
    if (late.writes.size === 0) this.#late.delete(id)
  }

  /** Gives the account of a record's late writes: another one when it was closed meanwhile; `undefined` while none is late. */
  accountOf(id: string): object | undefined {
    return this.#late.get(id)
  }

  /**
   * Tells whether what a store holds can be given out as it is. Else that is for a turn to tell: one that has read the record
   * before may be about to write it without what would count from then on.
   */
  counts(id: string, stored: SessionRecord): boolean {
    const late = this.#late.get(id)
    if (late === undefined) return true
    const { latest, wasLate } = late
    if (latest?.record === null) return false
    if (latest !== null && isSame(latest.record, stored)) return !wasLate
    return findLate(late, stored) === undefined
  }

  /**
   * Does once more what counts of a record where a store holds something else in its place. For a turn. Who is given what it holds
   * may tell it as saved, so that from then on it counts.
   * @returns What the record is then.
   */
  async setRight(id: string, stored: SessionRecord, begin: Begin): Promise<SessionRecord | null> {
    const late = this.#late.get(id)
    if (late === undefined) return stored
    const deed = this.#inPlaceOf(late, stored)
    if (deed === null) return stored
    late.revision++
    // Another one: what is under way under the former revision may come late itself, and is known by that.
    const again = deed.under(late.revision)
    begin(again)
    await again.run()
    if (late.latest === deed) late.latest = again
    return again.record
  }

  /** @returns What counts; `null` when that is what the store holds, or nobody here knows better. */
  #inPlaceOf(late: Late, stored: SessionRecord): Deed | null {
    const { latest } = late
    if (latest?.record === null) return latest
    if (latest !== null && isSame(latest.record, stored)) {
      note(late, latest, this.begin(), false)
      return null
    }
    const found = findLate(late, stored)
    if (found !== undefined && latest === null) note(late, found, this.begin(), false)
    return found === undefined ? null : latest
  }

  /**
   * Gives the revision that a write has: its own, or a higher one that no late write has, so that who has read what came
   * late does not take it for this one.
   */
  revisionOver(id: string, revision: number): number {
    const late = this.#late.get(id)
    if (late === undefined || revision > late.revision) return revision
    return late.revision + 1
  }

  /**
   * Notes what was done to a record.
   * @param isLate - Whether it is one of the late writes itself, which counts as begun when it was, and only against others.
   * @returns What ends when the writes that are late have; `null` when none is.
   */
  supersede(id: string, deed: Deed, isLate: boolean): Promise<unknown> | null {
    const late = this.#late.get(id)
    if (late === undefined || (isLate && late.writes.size === 1)) return null
    late.revision = Math.max(late.revision, deed.record?.revision ?? 0)
    note(late, deed, isLate ? deed.begun : this.begin(), isLate)
    return Promise.allSettled(late.writes.keys())
  }

  /**
   * Gives what ends when all late writes of a user's records have; `null` when there is none.
   * @param except - A record that is not looked at.
   */
  ofUser(user: string, except: string | undefined): Promise<unknown> | null {
    const writes: Promise<unknown>[] = []
    for (const [id, late] of this.#late) {
      if (id === except) continue
      for (const [write, { record }] of late.writes) if (record?.user === user) writes.push(write)
    }
    return writes.length === 0 ? null : Promise.allSettled(writes)
  }
}

function note(late: Late, deed: Deed, since: number, wasLate: boolean): void {
  if (since < late.since) return
  late.latest = deed
  late.since = since
  late.wasLate = wasLate
}

function findLate({ writes }: Late, stored: SessionRecord): Deed | undefined {
  return [...writes.values()].find(({ record }) => record !== null && isSame(record, stored))
}

function isSame(left: SessionRecord, right: SessionRecord): boolean {
  return left.revision === right.revision && left.data === right.data
}

/** Does something after a pause that keeps no process alive. */
function later(pause: number, work: () => void): void {
  const timer = setTimeout(work, pause)
  if (typeof timer === 'object') timer.unref()
}
