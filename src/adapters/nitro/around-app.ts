import type { IncomingMessage, ServerResponse } from 'node:http'
import { isPromise } from '../../core/awaitable.ts'
import type { Passage } from '../../core/passage.ts'
import { applyEffects } from '../../core/response-effects.ts'
import type { Sessions } from '../../core/sessions.ts'
import { answerWithError } from '../error-response.ts'
import type { EventContext } from '../event-context.ts'
import { HeldResponse } from '../held-response.ts'
import { noteMounted, passageOf } from '../mount.ts'
import { NodeResponseHeaders } from '../node-headers.ts'
import { ShownSession, show } from '../shown-session.ts'
import { type ExceptedPaths, isExcepted } from './excepted-paths.ts'

/** What is asked of an event of h3 1. */
export interface NitroEvent {
  /** What is asked for, below the origin. */
  readonly path: string
  /** Where the session is put. */
  context: EventContext
  /** Node's request and response, or what stands in for them. */
  readonly node: { readonly req: IncomingMessage; readonly res: ServerResponse }
}

/** What is asked of an app of h3 1. */
export interface H3App {
  /** Answers a request. */
  handler(event: NitroEvent): unknown
  /** How the app was set up. */
  readonly options: {
    /** Answers for an error that the handler has thrown. */
    onError?(error: unknown, event: NitroEvent): unknown
  }
}

/** What stands around an app needs. */
export interface Surroundings<Data extends object> {
  readonly sessions: Sessions<Data>
  readonly excepted: ExceptedPaths
}

/** Gives each request that an app of h3 answers its session. */
export function standAround<Data extends object>(app: H3App, around: Surroundings<Data>): void {
  const { sessions, excepted } = around
  const handler = app.handler.bind(app)
  const { onError } = app.options

  const answer = async (event: NitroEvent): Promise<unknown> => {
    const { req, res } = event.node
    const known = passageOf(contextOf(req), sessions) ?? passageOf(req, sessions)
    if (known !== undefined) {
      show(event.context, sessions, known)
      return handler(event)
    }
    let passage: Passage<Data>
    try {
      const opened = sessions.open(req)
      passage = isPromise(opened) ? await opened : opened
    } catch (error) {
      answerWithError(error, res)
      return undefined
    }
    noteMounted(req, sessions, passage)
    const shown = new ShownSession(event.context, passage)
    show(event.context, sessions, passage)
    if (!isMock(req)) {
      HeldResponse.hold(res, shown, answerWithError)
      return handler(event)
    }
    // Nobody waits for its head: it is collected, and looked at when all of it is there.
    try {
      return await handler(event)
    } finally {
      const effects = await shown.commit(res.statusCode)
      if (effects !== null) applyEffects(effects, new NodeResponseHeaders(res))
    }
  }

  app.handler = (event) => (isExcepted(event.path, excepted) ? handler(event) : answer(event))
  if (onError === undefined) return
  app.options.onError = async (error, event) => {
    await saved(passageOf(event.context, sessions))
    return onError(error, event)
  }
}

/** Saves what there is, so that a page that shows an error finds it: Nuxt asks the app for one, with the request's cookie. */
async function saved(passage: Passage<object> | undefined): Promise<void> {
  try {
    await passage?.session.save()
  } catch {
    // Tried again as the answer leaves, which then is an error.
  }
}

/**
 * Gives the context that a request was made with: for one that the app makes of itself, that of the event it is made for. Not what
 * runs in the course of what tells who asks, since a queue runs one visitor's work in the course of another's.
 */
function contextOf(request: IncomingMessage & { __unenv__?: unknown }): object {
  return Object(request.__unenv__)
}

/** Whether the app itself asks, or a server that Nitro hands a request over for: it then makes what looks like Node's. */
function isMock(request: IncomingMessage): boolean {
  return '__unenv__' in request
}
