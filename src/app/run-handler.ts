import { isPromise } from '../core/awaitable.ts'
import type { Exchange } from './exchange.ts'
import type { Handler } from './handler.ts'
import { Turn } from './turn.ts'

/** A handler, whatever parameters its path has. */
export type AnyHandler<Data extends object> = Handler<Data, never>

/**
 * Runs a handler until it has answered or handed on, and everything behind it has ended.
 *
 * @param goOn - Runs everything behind it.
 * @param timeout - How long one that answers from a callback is waited for, in milliseconds.
 * @throws {Error} what the handler threw or gave to `next`; or that it did neither answer nor hand on.
 */
export async function runHandler<Data extends object>(
  handler: AnyHandler<Data>,
  exchange: Exchange<Data>,
  goOn: () => Promise<void>,
  timeout: number,
): Promise<void> {
  const { request, response, answer } = exchange
  const turn = new Turn(goOn)
  try {
    const returned = handler(request, response, turn.next)
    const result = isPromise(returned) ? await returned : returned
    if (result instanceof Response) answer.take(result)
    if (!turn.handedOn && !answer.given) {
      if (isPromise(returned)) throw neverAnswered(exchange, 'when its promise ended')
      await callback(exchange, turn, timeout)
    }
  } catch (error) {
    // What runs behind this handler must not write into the answer to its error.
    await turn.rest().catch(() => {})
    throw asError(error)
  }
  await turn.rest()
}

/** Waits for a callback to answer or to call `next`. */
function callback<Data extends object>(exchange: Exchange<Data>, turn: Turn, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(neverAnswered(exchange, `within ${timeout} ms`)), timeout)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    exchange.answer.onGiven(done)
    turn.onNext(done)
  })
}

function neverAnswered<Data extends object>({ request }: Exchange<Data>, when: string): Error {
  return new Error(
    `${request.method} ${request.path}: a handler had neither answered nor called next() ${when}. Call res.json(), res.send() or another answer, return a Response, or call next().`,
  )
}

/** Hono's error handling takes errors only. */
function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  return new Error(`A handler threw a ${typeof thrown} that is no Error.`, { cause: thrown })
}
