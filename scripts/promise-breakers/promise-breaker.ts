/** One small change of the source that breaks a promise. */
export interface PromiseBreaker {
  /** The promise, as tests name it. */
  promise: `P${number}`
  /** What the changed engine does, in a few words. */
  breaks: string
  /** The changed file, below `src/`. */
  file: string
  /** The text that is replaced: exactly one place in the file. */
  find: string
  /** What stands there instead. */
  replace: string
}
