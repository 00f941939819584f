/** What came of one case on one runtime. */
export interface Verdict {
  /** The case, such as `MemorySessionStore store/create-twice`. The same on every runtime. */
  title: string
  result: 'pass' | 'skip' | 'fail'
  /** Why it was skipped, or what failed. Empty when it passed. */
  reason: string
}
