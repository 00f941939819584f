import type { Passage, SessionFollower } from '../core/passage.ts'

/** What a Worker is given to be kept awake with. */
interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void
}

/** Has the runtime of a fetch handler wait for what is saved after the response. */
export class WaitingRuntime implements SessionFollower {
  readonly #context: ExecutionContext

  private constructor(context: ExecutionContext) {
    this.#context = context
  }

  /**
   * Follows a passage where the runtime has something to wait with.
   * @param context - What it gave beside the request and its `env`.
   */
  static follow(passage: Passage<object>, context: unknown): void {
    if (canWait(context)) passage.follow(new WaitingRuntime(context))
  }

  sessionReplaced(): void {
    // Handlers ask the passage for its session each time.
  }

  keepAwake(saving: Promise<void>): void {
    this.#context.waitUntil(saving)
  }
}

function canWait(context: unknown): context is ExecutionContext {
  return (
    typeof context === 'object' &&
    context !== null &&
    'waitUntil' in context &&
    typeof context.waitUntil === 'function'
  )
}
