/** What was done to a record, to be done again. */
export interface Repeatable {
  run(): Promise<void>
  /** The user whose record it writes. */
  readonly user: string | undefined
}

/** The late writes of one record. */
interface Late {
  readonly writes: Set<Promise<unknown>>
  /** What was done to the record since. */
  latest: Repeatable | null
  /** When that was begun. */
  latestBegun: number
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
   * @param inTurn - Runs what is to be done again, beside nothing else that is done to this record.
   */
  add(
    id: string,
    write: Promise<unknown>,
    inTurn: (redo: (begin: () => void) => Promise<void>) => Promise<void>,
  ): void {
    const late = this.#late.get(id) ?? { writes: new Set(), latest: null, latestBegun: 0, revoked: new Map() }
    this.#late.set(id, late)
    late.writes.add(write)
    const redo = async (begin: () => void): Promise<void> => {
      late.writes.delete(write)
      if (late.writes.size === 0) this.#late.delete(id)
      if (late.latest === null) return
      begin()
      await late.latest.run()
    }
    // Nobody waits for it: those who did have had their answer.
    const again = (): void => void inTurn(redo).catch(() => {})
    write.then(again, again)
  }

  /** Counts something that is about to be done to a record. */
  begin(): number {
    return ++this.#begun
  }

  /**
   * Prepares for a write to a record.
   * @returns What to call with it once it is done; `null` when no write is late.
   */
  superseding(id: string): ((latest: Repeatable) => void) | null {
    const late = this.#late.get(id)
    if (late === undefined) return null
    const begun = this.begin()
    return (latest) => note(late, latest, begun)
  }

  /**
   * Notes what was done to a record.
   * @param begun - Its number, from `begin`.
   * @returns What ends when the writes that are late have; `null` when none is.
   */
  supersede(id: string, latest: Repeatable, begun: number): Promise<unknown> | null {
    const late = this.#late.get(id)
    if (late === undefined) return null
    note(late, latest, begun)
    return Promise.allSettled(late.writes)
  }

  /**
   * Forgets what was written of a user.
   * @returns What ends when all writes that are late have; `null` when none is.
   */
  revoke(user: string): Promise<unknown> | null {
    const begun = this.begin()
    for (const late of this.#late.values()) {
      late.revoked.set(user, begun)
      if (late.latest?.user === user) late.latest = null
    }
    const writes = [...this.#late.values()].flatMap((late) => [...late.writes])
    return writes.length === 0 ? null : Promise.allSettled(writes)
  }
}

function note(late: Late, latest: Repeatable, begun: number): void {
  const revoked = latest.user === undefined ? undefined : late.revoked.get(latest.user)
  if (begun < Math.max(late.latestBegun, revoked ?? 0)) return
  late.latest = latest
  late.latestBegun = begun
}
