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

/** Lets go of the bodies that HEAD is not sent, behind the first middleware of an app: `etag()` below it reads them. */
export function behindAll<E extends Env>(first: MiddlewareHandler<E>): MiddlewareHandler<E> {
  const atHead = async (context: Context<E>, next: Next): Promise<void> => {
    await first(context, next)
    // Hono has something to say where nobody has answered.
    if (!context.finalized) return
    const sent = withoutBody(context.res)
    // Hono would add the headers of the one before once more.
    context.res = undefined
    context.res = sent
  }
  return (context, next) => (context.req.method === 'HEAD' ? atHead(context, next) : first(context, next))
}
