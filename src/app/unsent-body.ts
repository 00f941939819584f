import type { Context, Env, MiddlewareHandler, Next } from 'hono'
import type { AnswerBody } from './plain-answer.ts'

/** Lets go of what a body that is not sent would have been read from: nobody else would. */
export function letGo(body: AnswerBody): void {
  if (!(body instanceof ReadableStream)) return
  body.cancel().catch(() => {
    // Somebody else is reading it: then it is theirs to close.
  })
}

/** Lets go of a response's body, and gives the response without it. */
export function withoutBody(response: Response): Response {
  if (response.body === null) return response
  letGo(response.body)
  return new Response(null, response)
}

/** Requests of HEAD that were answered with what something is read from. */
const READ_FROM = new WeakSet<object>()

/** Notes that the answer to HEAD is read from something that would stay open. */
export function noteReadFrom(context: object): void {
  READ_FROM.add(context)
}

/** Lets go of the bodies that HEAD is not sent, behind the first middleware of an app: `etag()` below it reads them. */
export function behindAll<E extends Env>(first: MiddlewareHandler<E>): MiddlewareHandler<E> {
  const atHead = async (context: Context<E>, next: Next): Promise<void> => {
    await first(context, next)
    // Text has nothing to let go of, and an outer app's middleware may want it. Hono has something to say where nobody has answered.
    if (!READ_FROM.has(context) || !context.finalized) return
    const sent = withoutBody(context.res)
    // Hono would add the headers of the one before once more.
    context.res = undefined
    context.res = sent
  }
  return (context, next) => (context.req.method === 'HEAD' ? atHead(context, next) : first(context, next))
}
