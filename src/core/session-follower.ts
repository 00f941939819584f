/** How far an answer has come: nothing has left yet, its head has, or its client has left before. */
export type AnswerState = 'open' | 'begun' | 'unheard'

/** Who shows a passage's session where handlers find it, and knows the runtime that its request is answered on. */
export interface SessionFollower {
  /** Called when `regenerate(callback)` has put another object in the session's place. */
  sessionReplaced(before: object, session: object): void
  /** Tells how far the answer has come, where a server is known that knows. Asked only when there is to be a new id. */
  answerState?(): AnswerState
  /**
   * Called with each save that no response waits for, for a runtime that stops work when a request is answered. Throws
   * where nothing can keep it awake.
   */
  keepAwake?(saving: Promise<void>): void
}
