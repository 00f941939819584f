import { type Awaitable, isPromise } from '../core/awaitable.ts'
import type { Exchange } from './exchange.ts'
import type { Handler } from './handler.ts'
import { valueMeantAsAnswer } from './returned-value.ts'
import { shownRequest } from './shown-request.ts'
import { Turn } from './turn.ts'

/** A handler, whatever parameters its path has. */
export type AnyHandler<Data extends object> = Handler<Data, never>

/**
 * Runs a handler until it has answered or handed on, and everything behind it has ended.
 *
 * @param goOn - Runs everything behind it.
 * @param timeout - How long one that answers from a callback is waited for, in milliseconds.
 * @returns A promise, unless the handler has answered before it returned.
 * @throws {Error} what the handler threw or gave to `next`; or that it did neither answer nor hand on.
 */
export function runHandler<Data extends object>(
  handler: AnyHandler<Data>,
  exchange: Exchange<Data>,
  goOn: () => Promise<void>,
  timeout: number,
): Awaitable<void> {
  const { request, response, answer } = exchange
  const turn = new Turn(goOn, exchange)
  try {
    const returned = handler(request, response, turn.next)
    // A promise costs each request a wait; most handlers need none.
    if (answer.given && !answer.isToBeOpened && !turn.handedOn && !isWaitedFor(returned)) return turn.end()
    return finish(returned, turn, exchange, timeout)
  } catch (error) {
    turn.fail(error)
    return turn.rest()
  }
}

function isWaitedFor(returned: ReturnType<Handler>): boolean {
  return isPromise(returned) || returned instanceof Response
}

async function finish<Data extends object>(
  returned: ReturnType<Handler>,
  turn: Turn,
  exchange: Exchange<Data>,
  timeout: number,
): Promise<void> {
  const { answer } = exchange
  try {
    const result = isPromise(returned) ? await returned : returned
    if (result instanceof Response) answer.take(result)
    if (!turn.handedOn && !answer.given) {
      if (isPromise(returned)) throw neverAnswered(exchange, 'when its promise ended')
      const value = valueMeantAsAnswer(result)
      if (value !== null) throw neverAnswered(exchange, `when it returned ${value}; ${ANSWER_WITH_IT}`)
      await callback(exchange, turn, timeout)
    }
    const opening = answer.takeOpening()
    if (opening !== null) await opened(opening, exchange, timeout)
  } catch (error) {
    turn.fail(error)
  }
  // Also after an error: what runs behind this handler must not write into the answer to it.
  await turn.rest()
}

/** Waits for a callback to answer or to call `next`. */
function callback<Data extends object>(exchange: Exchange<Data>, turn: Turn, timeout: number): Promise<void> {
  const begin = (done: () => void): void => {
    exchange.answer.onGiven(done)
    turn.onNext(done)
  }
  return within(timeout, begin, () => neverAnswered(exchange, `within ${timeout} ms`))
}

/** Waits until what the body is read from is open. */
function opened<Data extends object>(
  opening: Promise<void>,
  { request }: Exchange<Data>,
  timeout: number,
): Promise<void> {
  const begin: Beginning = (done, fail) => opening.then(done, fail)
  return within(timeout, begin, () =>
    ownFault(`${shownRequest(request)}: a stream that was to be sent was not open within ${timeout} ms.`),
  )
}

/** Begins what is waited for. */
type Beginning = (done: () => void, fail: (error: unknown) => void) => void

function within(timeout: number, begin: Beginning, tooLate: () => Error): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooLate()), timeout)
    // It is the connection that keeps the process alive, as long as somebody waits for the answer. No object elsewhere.
    if (typeof timer === 'object') timer.unref()
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    begin(done, (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}

const ANSWER_WITH_IT = 'to answer with that, write return res.json(value)'

function neverAnswered<Data extends object>({ request }: Exchange<Data>, when: string): Error {
  return ownFault(
    `${shownRequest(request)}: a handler had neither answered nor called next() ${when}. Call res.json(), res.send() or another answer, return a Response, or call next().`,
  )
}

/** An error of the app's own, whatever status the handler has set: it is no answer of the handler's. */
function ownFault(message: string): Error {
  return Object.assign(new Error(message), { status: 500 })
}
