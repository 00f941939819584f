import { removeOutcome } from '../core/outcome-headers.ts'
import type { NodeResponse, SendMethod } from './node-response.ts'

/**
 * Turns a response whose session could not be saved over to whoever answers for the failure.
 *
 * The handler that began to answer may go on writing: a stream still piped into the response, a timer. Its calls
 * come to the same methods as those of an error handler that answers later. Who is who shows at the head: a handler
 * has made its own already, so the next to set a status or a header is the error handler. Until then, and again once
 * the response has ended, what comes is dropped.
 *
 * @param status - The response's status, should nobody set another.
 * @param send - Gives a call to Node.
 * @param onFailure - Answers, at once or later.
 */
export function answerFailure(
  response: NodeResponse,
  status: number,
  send: (method: SendMethod, args: unknown[]) => unknown,
  onFailure: () => void,
): void {
  let answering = true
  let touched = false
  const { setHeader, appendHeader, removeHeader } = response
  const head =
    (method: typeof setHeader | typeof appendHeader | typeof removeHeader) =>
    (...args: unknown[]): unknown => {
      touched = true
      return Reflect.apply(method, response, args)
    }
  const body =
    (method: SendMethod) =>
    (...args: unknown[]): unknown => {
      const begun = answering || touched || response.headersSent || response.statusCode !== status
      return begun && !response.writableEnded ? send(method, args) : drop(response, method, args)
    }

  removeOutcome(response)
  response.statusCode = status
  // HTTP/2 has no status message, and warns of each use.
  if (Object.hasOwn(response, 'statusMessage')) response.statusMessage = ''
  // What wrapped the methods before us, such as compression, has been ended with the handler's body and would
  // swallow the error's. It keeps the old ones, which drop what they are given.
  Object.assign(response, {
    writeHead: (...args: unknown[]) => send('writeHead', args),
    write: body('write'),
    end: body('end'),
    flushHeaders: body('flushHeaders'),
    setHeader: head(setHeader),
    appendHeader: head(appendHeader),
    removeHeader: head(removeHeader),
  })
  onFailure()
  answering = false
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
