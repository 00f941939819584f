import type { IncomingMessage, ServerResponse } from 'node:http'
import { isPromise } from '../../core/awaitable.ts'
import type { Passage } from '../../core/passage.ts'
import { applyEffects } from '../../core/response-effects.ts'
import type { Sessions } from '../../core/sessions.ts'
import type { Asking } from '../asking.ts'
import { answerWithError } from '../error-response.ts'
import type { EventContext } from '../event-context.ts'
import { HeldResponse } from '../held-response.ts'
import { passageOf } from '../mount.ts'
import { NodeResponseHeaders } from '../node-headers.ts'
import { type SessionHolder, ShownSession, show } from '../shown-session.ts'
import { type ExceptedPaths, isExcepted } from './excepted-paths.ts'

/** What is asked of an event of h3 1. */
export interface NitroEvent {
  /** What is asked for, below the origin. */
  readonly path: string
  /** Where the session is put. */
  context: EventContext
  /** Node's request and response, or what stands in for them. */
  readonly node: { readonly req: IncomingMessage & SessionHolder; readonly res: ServerResponse }
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
  readonly asking: Asking
  readonly excepted: ExceptedPaths
}

/** Gives each request that an app of h3 answers its session. */
export function standAround<Data extends object>(app: H3App, around: Surroundings<Data>): void {
  const { sessions, asking, excepted } = around
  const handler = app.handler.bind(app)
  const { onError } = app.options

  const handle = (event: NitroEvent, passage: Passage<Data>): unknown => {
    show(event.node.req, sessions, passage)
    event.context.session = passage.session
    return asking.run(passage, () => handler(event))
  }

  const answer = async (event: NitroEvent): Promise<unknown> => {
    const { req, res } = event.node
    const known = passageOf(req, sessions)
    if (known !== undefined) return handle(event, known)
    let passage: Passage<Data>
    try {
      const opened = sessions.open(req)
      passage = isPromise(opened) ? await opened : opened
    } catch (error) {
      answerWithError(error, res)
      return undefined
    }
    const shown = new ShownSession(req, passage)
    if (!isMock(req)) {
      HeldResponse.hold(res, shown, answerWithError)
      return handle(event, passage)
    }
    // Nobody waits for its head: it is collected, and looked at when all of it is there.
    try {
      return await handle(event, passage)
    } finally {
      const effects = await shown.commit()
      if (effects !== null) applyEffects(effects, new NodeResponseHeaders(res))
    }
  }

  app.handler = (event) => {
    // What came through a server of Node's is nobody else's, whatever it came in the course of.
    const asker = isMock(event.node.req) ? asking.getStore() : undefined
    if (asker !== undefined) event.context.session = asker.session
    return asker !== undefined || isExcepted(event.path, excepted) ? handler(event) : answer(event)
  }
  if (onError === undefined) return
  // A page that shows the error may ask the app for more.
  app.options.onError = (error, event) => {
    const passage = passageOf(event.node.req, sessions)
    return passage === undefined ? onError(error, event) : asking.run(passage, () => onError(error, event))
  }
}

/** Whether the app itself asks, or a server that Nitro hands a request over for: it then makes what looks like Node's. */
function isMock(request: IncomingMessage): boolean {
  return '__unenv__' in request
}
