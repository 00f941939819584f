/** What came of one case on one runtime. */
export interface Verdict {
  /** The suite it belongs to, such as `MemorySessionStore`. */
  suite: string
  /** The case, such as `store/create-twice`. The same on every runtime. */
  title: string
  result: 'pass' | 'skip' | 'fail'
  /** Why it was skipped, or what failed. Empty when it passed. */
  reason: string
}
