/** Is told of an error that comes when nobody is there to answer for it: a handler's turn is over, or its answer has left. */
export interface LateErrors {
  tellLate(error: unknown): void
}
