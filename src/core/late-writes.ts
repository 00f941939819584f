import type { SessionRecord } from './record.ts'

/** What was done to a record: written, or ended. */
export interface Deed {
  /** What the record is by it; `null` when it ended. */
  readonly record: SessionRecord | null
  /**
   * Does it once more.
   * @param begin - Called before, with what the record will be.
   * @param revision - What a record gets for its revision: who has read what came late must not take it for this one.
   */
  again(begin: Begin, revision: number): Promise<void>
}

/** Is told what a record will be by a write that begins. */
export type Begin = (record: SessionRecord | null) => void

/** The late writes of one record. */
interface Late {
  /** What each will have made of the record, should it come through. */
  readonly writes: Map<Promise<unknown>, SessionRecord | null>
  /** What was done to the record since. */
  latest: Deed | null
  /** When that was begun. */
  latestBegun: number
  /** The highest revision that any of these writes has. */
  revision: number
  /** When each user's sessions were ended last. */
  readonly revoked: Map<string, number>
}

/**
 * Keeps account of writes that did not end in their time and may still reach the store, perhaps over what was done
 * to the record since. What was done last is done again when they have ended, and so counts.
 */
export class LateWrites {
  readonly #late = new Map<string, Late>()
  /** How much was begun: a write that is late itself is not what was done last when it ends. */
  #begun = 0

  /**
   * Takes in a write that has not ended.
   * @param record - What it makes of the record; `null` when it ends it.
   * @param inTurn - Runs what is to be done again, beside nothing else that is done to this record.
   */
  add(
    id: string,
    write: Promise<unknown>,
    record: SessionRecord | null,
    inTurn: (redo: (begin: Begin) => Promise<void>) => Promise<void>,
  ): void {
    const late = this.#late.get(id) ?? nothingDone()
    this.#late.set(id, late)
    late.writes.set(write, record)
    late.revision = Math.max(late.revision, record?.revision ?? 0)
    const redo = async (begin: Begin): Promise<void> => {
      late.writes.delete(write)
      try {
        await repeat(late, begin)
      } finally {
        // Not before: what came late is told from what was done since until that is there again.
        if (late.writes.size === 0) this.#late.delete(id)
      }
    }
    // Nobody waits for it: those who did have had their answer.
    const again = (): void => void inTurn(redo).catch(() => {})
    write.then(again, again)
  }

  /** Counts something that is about to be done to a record. */
  begin(): number {
    return ++this.#begun
  }

  /** Gives what was done to a record since writes of it are late; `null` when none is, or nothing was done. */
  latestOf(id: string): Deed | null {
    return this.#late.get(id)?.latest ?? null
  }

  /** Tells whether what the store holds was written late, over what was done since. */
  isLate(id: string, stored: SessionRecord): boolean {
    const late = this.#late.get(id)
    if (late === undefined || late.latest === null) return false
    if (late.latest.record === null) return true
    for (const record of late.writes.values()) if (record !== null && isSame(record, stored)) return true
    return false
  }

  /** Does once more what was done to a record since. */
  async repeat(id: string, begin: Begin): Promise<void> {
    const late = this.#late.get(id)
    if (late !== undefined) await repeat(late, begin)
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
   * @param begun - Its number, from `begin`.
   * @returns What ends when the writes that are late have; `null` when none is.
   */
  supersede(id: string, latest: Deed, begun: number): Promise<unknown> | null {
    const late = this.#late.get(id)
    if (late === undefined) return null
    late.revision = Math.max(late.revision, latest.record?.revision ?? 0)
    const user = latest.record?.user
    const revoked = user === undefined ? undefined : late.revoked.get(user)
    if (begun >= Math.max(late.latestBegun, revoked ?? 0)) {
      late.latest = latest
      late.latestBegun = begun
    }
    return Promise.allSettled(late.writes.keys())
  }

  /**
   * Forgets what was written of a user.
   * @returns What ends when all writes that are late have; `null` when none is.
   */
  revoke(user: string): Promise<unknown> | null {
    const begun = this.begin()
    for (const late of this.#late.values()) {
      late.revoked.set(user, begun)
      if (late.latest?.record?.user === user) late.latest = null
    }
    const writes = [...this.#late.values()].flatMap((late) => [...late.writes.keys()])
    return writes.length === 0 ? null : Promise.allSettled(writes)
  }
}

async function repeat(late: Late, begin: Begin): Promise<void> {
  late.revision++
  await late.latest?.again(begin, late.revision)
}

function nothingDone(): Late {
  return { writes: new Map(), latest: null, latestBegun: 0, revision: 0, revoked: new Map() }
}

function isSame(left: SessionRecord, right: SessionRecord): boolean {
  return left.revision === right.revision && left.data === right.data
}
