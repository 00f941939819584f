import { AsyncLocalStorage } from 'node:async_hooks'
import { isHttp2, type NodeResponse, type SendMethod } from '../node-response.ts'
import { takeBack } from '../take-back.ts'

/** The response that was given to an error handler, in what that one runs and waits for. */
const ANSWERED = new AsyncLocalStorage<NodeResponse>()

/** A response that could not be sent as the handler meant it. */
export interface FailedResponse {
  response: NodeResponse
  /** Its status, should nobody set another. */
  status: number
  /** Whether the handler has ended it, and has nothing more to say. */
  ended: boolean
  /** Gives a call to Node. */
  send: (method: SendMethod, args: unknown[]) => unknown
}

/**
 * Turns a response whose session could not be saved over to whoever answers for the failure.
 *
 * The handler that began to answer may go on writing: a stream still piped into the response, a timer. Its calls
 * come to the same methods as those of an error handler that answers later. Who is who is known where the handler has
 * ended the response. Else it shows by the asynchronous context, and for what runs in another one's, such as the callback of a
 * driver, at the head: a handler has made its own already, so who sets a status or a header is the error handler. What
 * else comes is dropped, and all of it once the response has ended.
 *
 * @param onFailure - Answers, at once or later.
 */
export function answerFailure(
  { response, status, ended, send }: FailedResponse,
  onFailure: () => void,
): void {
  const inContext = (): boolean => ANSWERED.getStore() === response
  // Whether calls from another context are the error handler's.
  let claimed = ended
  const claim = (): void => {
    claimed ||= !inContext()
  }
  const head =
    (method: (...args: never[]) => unknown) =>
    (...args: unknown[]): unknown => {
      claim()
      return Reflect.apply(method, response, args)
    }
  const body =
    (method: SendMethod) =>
    (...args: unknown[]): unknown => {
      const answers = claimed || inContext()
      return answers && !response.writableEnded ? send(method, args) : drop(response, method, args)
    }

  takeBack(response)
  response.statusCode = status
  watchStatus(response, claim)
  // What wrapped the methods before us, such as compression, has been ended with the handler's body and would
  // swallow the error's. It keeps the old ones, which drop what they are given.
  Object.assign(response, {
    writeHead: head((...args) => send('writeHead', args)),
    write: body('write'),
    end: body('end'),
    flushHeaders: body('flushHeaders'),
    setHeader: head(response.setHeader),
    appendHeader: head(response.appendHeader),
    removeHeader: head(response.removeHeader),
  })
  // Node 22 makes every promise of a process dearer from the first context on: none where it is known who is who.
  if (ended) onFailure()
  else ANSWERED.run(response, onFailure)
}

/** Has each setting of the status noticed, also of the one that is there. */
function watchStatus(response: NodeResponse, onSet: () => void): void {
  const plain = { statusCode: response.statusCode }
  // HTTP/2 checks a status where its class says so; in HTTP/1 it is a plain property.
  const place = isHttp2(response) ? Object.getPrototypeOf(response) : plain
  const self = isHttp2(response) ? response : plain
  Object.defineProperty(response, 'statusCode', {
    configurable: true,
    get: () => Reflect.get(place, 'statusCode', self),
    set: (value: unknown) => {
      onSet()
      Reflect.set(place, 'statusCode', value, self)
    },
  })
}

/** Does nothing with a call, and tells its callback so. */
export function drop(response: NodeResponse, method: string, args: readonly unknown[]): unknown {
  const callback = args.at(-1)
  if (typeof callback === 'function') {
    const error = new Error('The response was not sent: its session could not be saved.')
    queueMicrotask(() => callback(error))
  }
  return method === 'write' ? false : response
}
