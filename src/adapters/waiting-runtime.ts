import type { Passage, SessionFollower } from '../core/passage.ts'

/** What a runtime that stops work when a request is answered gives to be kept awake with. */
export interface ExecutionContext {
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
   * @param env - What it gave behind the request: on Netlify, that is what it waits with.
   * @param context - What it gave behind that, as Workers do.
   */
  static follow(passage: Passage<object>, env: unknown, context: unknown): void {
    const waiting = [context, env].find(canWait)
    if (waiting !== undefined) passage.follow(new WaitingRuntime(waiting))
  }

  sessionReplaced(): void {
    // Handlers ask the passage for its session each time.
  }

  keepAwake(saving: Promise<void>): void {
    this.#context.waitUntil(saving)
  }
}

/** Tells whether something keeps a runtime awake. */
export function canWait(context: unknown): context is ExecutionContext {
  return (
    typeof context === 'object' &&
    context !== null &&
    'waitUntil' in context &&
    typeof context.waitUntil === 'function'
  )
}
