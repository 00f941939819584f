import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type Awaitable, isPromise } from '../core/awaitable.ts'
import { isSessionError } from '../core/errors.ts'
import { removeOutcome } from '../core/outcome-headers.ts'
import type { Passage } from '../core/passage.ts'
import type { Session, SessionReplacement } from '../core/session.ts'
import type { DefaultData } from '../core/session-data.ts'
import type { Sessions } from '../core/sessions.ts'
import { answerWithError } from './error-response.ts'
import { dropPayload, isWhole, letPayloadFail } from './fastify/payload.ts'
import { shownSent, showsByResponse } from './fastify/shown-sent.ts'
import { removeTrailers } from './fastify/trailers.ts'
import { HeldResponse } from './held-response.ts'
import { keepTick } from './kept-tick.ts'
import { mount, noteMounted, passageOf } from './mount.ts'
import { checkSessions } from './mount-arguments.ts'
import { getSession, setSession } from './own-session.ts'

// Inside the declaration below, another plugin's `Session` would be found first.
type VisitorSession = Session

declare module 'fastify' {
  interface FastifyRequest {
    /** The visitor's session. To type its data, extend `SessionData` of `coatcheck`. */
    get session(): VisitorSession
    set session(replacement: SessionReplacement)
  }
}

const USAGE = 'app.register(session(createSessions({ … })))'

/**
 * Gives every request of a Fastify app its session as `request.session`.
 *
 * Register it once, before what uses it; it counts for everything registered beside or below it. The session is
 * saved before the first byte of the response's headers leaves, hijacked and raw replies included. When it could not
 * be loaded or saved, Fastify's error handling gets a `StoreError` with `status` 503; a hijacked reply is answered
 * with a 503 in JSON. On a socket (@fastify/websocket) what uses the session saves it, and it can get no new id. A
 * second manager can be registered in a context of its own, where `request.session` is then that one's, and both are
 * saved.
 *
 * @param sessions - The manager, from `createSessions`.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` `sessions` is not what `createSessions` gives.
 */
export function session<Data extends object = DefaultData>(sessions: Sessions<Data>): FastifyPluginAsync {
  checkSessions(sessions, USAGE)
  keepTick()
  const plugin: FastifyPluginAsync = async (app) => {
    decorate(app)
    app.addHook('onRequest', (request, reply, next) => open(sessions, request, reply, next))
    app.addHook('onSend', save)
  }
  return Object.assign(plugin, UNENCAPSULATED)
}

// What fastify-plugin sets: hooks and decorators are the registering context's own, not a child's.
const UNENCAPSULATED = {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'coatcheck',
  [Symbol.for('plugin-meta')]: { name: 'coatcheck', fastify: '>=5' },
}

const DECORATED = Symbol('coatcheck.decorated')

/** A second manager finds the decorator there; somebody else's `session` makes Fastify refuse ours. */
function decorate(app: FastifyInstance): void {
  if (app.hasDecorator(DECORATED)) return
  // Whose data it is, the types learn from what the user says in SessionData.
  const getter = getSession as () => Session
  app.decorateRequest('session', { getter, setter: setSession })
  app.decorate(DECORATED, true)
}

function open<Data extends object>(
  sessions: Sessions<Data>,
  request: FastifyRequest,
  reply: FastifyReply,
  next: (error?: Error) => void,
): void {
  // Or mounted outside of Fastify or beside it, as by Express's middleware in @fastify/express.
  const known = passageOf(request, sessions) ?? passageOf(request.raw, sessions)
  const enter = (passage: Passage<Data>): void => {
    mount(request, sessions, passage)
    // A request that leaves its session alone, as most do, has a reply like any other: 1 to 2 us of 35 less (Node 24).
    if (known === undefined) {
      noteMounted(request.raw, sessions, passage)
      passage.whenUsed(() => hold(request, reply, passage))
    }
    next()
  }
  // What it throws at once, Fastify takes as this hook's error.
  const opened = known ?? sessions.open(request.raw)
  if (isPromise(opened)) opened.then(enter, next)
  else enter(opened)
}

function hold(request: FastifyRequest, reply: FastifyReply, passage: Passage<object>): boolean {
  // Nobody sends the response of a socket: what uses the session saves it.
  if (isUpgrade(request)) return false
  return HeldResponse.hold(reply.raw, passage, (error) => answer(error, reply))
}

/** Whether a request is to become a socket: Node says so of one that came, @fastify/websocket also of one it injects. */
function isUpgrade(request: FastifyRequest): boolean {
  return Reflect.get(request.raw, 'upgrade') === true || Reflect.get(request, 'ws') === true
}

/** Saves before Fastify sends, while it can still turn the reply into an error. */
function save(
  _request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: () => void,
): Awaitable<void> {
  const held = HeldResponse.of(reply.raw)
  const whole = held !== undefined && isWhole(payload)
  const byResponse = whole && showsByResponse(reply)
  const saving = held?.commit(byResponse)
  if (!isPromise(saving)) {
    done()
    return
  }
  letPayloadFail(payload)
  const shown = whole && !byResponse ? shownSent(reply, saving) : saving
  return shown.then(undefined, (error: unknown) => fail(error, reply, payload))
}

/** Makes a reply ready to become an error: Fastify itself would keep its headers, and the status of an earlier error. */
function fail(error: unknown, reply: FastifyReply, payload: unknown): never {
  dropPayload(payload)
  removeTrailers(reply)
  removeOutcome(reply)
  reply.code(isSessionError(error) ? error.status : 500)
  throw error
}

/** Answers for a reply that went past Fastify's sending, written to directly. */
function answer(error: unknown, reply: FastifyReply): void {
  // By its class, as Fastify asks: what is no error to it, it would send as a body.
  if (reply.sent || !(error instanceof Error)) answerWithError(error, reply.raw)
  else reply.send(error)
}
