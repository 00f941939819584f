import type { Passage } from '../core/passage.ts'
import type { AnswerState, SessionFollower } from '../core/session-follower.ts'
import { answerStateBelow } from './head-effects.ts'

/** What a runtime that stops work when a request is answered gives to be kept awake with. */
export interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void
}

/** What runs below a fetch handler: waits for what is saved after the response, or knows how far the answer has come. */
export class RuntimeBelow implements SessionFollower {
  readonly #request: Request
  readonly #env: unknown
  readonly #context: ExecutionContext | undefined

  private constructor(request: Request, env: unknown, context: ExecutionContext | undefined) {
    this.#request = request
    this.#env = env
    this.#context = context
  }

  /**
   * Follows a passage where the runtime has something to wait with, or a Node response.
   * @param env - What it gave behind the request: on Netlify, that is what it waits with.
   * @param context - What it gave behind that, as Workers do.
   */
  static follow(passage: Passage<object>, request: Request, env: unknown, context: unknown): void {
    const waiting = [context, env].find(canWait)
    if (waiting === undefined && (typeof env !== 'object' || env === null || !('outgoing' in env))) return
    passage.follow(new RuntimeBelow(request, env, waiting))
  }

  sessionReplaced(): void {
    // Handlers ask the passage for its session each time.
  }

  answerState(): AnswerState {
    return answerStateBelow(this.#env, this.#request)
  }

  keepAwake(saving: Promise<void>): void {
    this.#context?.waitUntil(saving)
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
