import { dropPayload, isWhole } from './payload.ts'

const WAITING: unique symbol = Symbol('coatcheck.waitingAnswer')

/** What waits in a reply for a save. */
interface Holder {
  [WAITING]?: { readonly payload: unknown; readonly saved: PromiseLike<void> } | undefined
}

/**
 * Whether an answer is none, but what Fastify sends for an async handler that has sent a stream and not returned the reply: it
 * takes what has no head yet for unanswered.
 */
export function isAfterthought(reply: object, payload: unknown): boolean {
  const holder: Holder = reply
  return payload === undefined && holder[WAITING] !== undefined
}

/**
 * Lets another answer take the place of a stream that waits for a save, as it does in Fastify until the first piece is there: the
 * error of a handler that has gone on, or `handlerTimeout`.
 * @returns What ends with the save; never, when another answer has taken the place of this one.
 */
export function unlessReplaced(
  reply: object,
  payload: unknown,
  saving: PromiseLike<void>,
): PromiseLike<void> {
  const holder: Holder = reply
  const before = holder[WAITING]
  // A whole one cannot be replaced itself: Fastify asks the response whether it has ended.
  if (before === undefined && isWhole(payload)) return saving
  if (before !== undefined && before.payload !== payload) dropPayload(before.payload)
  // What the first save could not write, the second one no longer tries to.
  const saved = before === undefined ? saving : bothDone(before.saved, saving)
  const mine = { payload, saved }
  holder[WAITING] = mine
  return new Promise((resolve, reject) => {
    const unlessOver = <T>(settle: (value: T) => void): ((value: T) => void) => {
      return (value) => {
        if (holder[WAITING] !== mine) return
        holder[WAITING] = undefined
        settle(value)
      }
    }
    saved.then(unlessOver(resolve), unlessOver(reject))
  })
}

async function bothDone(first: PromiseLike<void>, second: PromiseLike<void>): Promise<void> {
  await Promise.allSettled([first, second])
  await Promise.all([first, second])
}
