import type { Passage } from '../core/passage.ts'
import type { Sessions } from '../core/sessions.ts'

// Symbol.for: a manager of another copy of this package may be mounted on the same request, and each must know the other's session for
// one of ours.
const MOUNT: unique symbol = Symbol.for('coatcheck.mount')
const ABOVE: unique symbol = Symbol.for('coatcheck.mountAbove')

/** What a request's sessions are kept on: the request itself, or the framework's context. */
interface Holder {
  [MOUNT]?: Mount<object> | undefined
  [ABOVE]?: Mount<object> | undefined
}

/**
 * One manager's passage of a request. Several managers on one request make a chain, the innermost first.
 *
 * Made by a class and not a literal, which would cost up to a third of a request on a store that is waited for: see
 * docs/decisions/0016-collected-young.md.
 */
export class Mount<Data extends object> {
  readonly sessions: object
  readonly passage: Passage<Data>
  outer: Mount<object> | undefined

  constructor(sessions: object, passage: Passage<Data>, outer: Mount<object> | undefined) {
    this.sessions = sessions
    this.passage = passage
    this.outer = outer
  }
}

/**
 * Makes a manager's passage the current one of a request.
 * @param request - The request itself, or the framework's context of it.
 */
export function mount<Data extends object>(
  request: object,
  sessions: Sessions<Data>,
  passage: Passage<Data>,
): Mount<Data> {
  const holder: Holder = request
  const mounted = new Mount(sessions, passage, holder[MOUNT])
  holder[MOUNT] = mounted
  return mounted
}

/**
 * Notes on Node's request a passage that is mounted, and shown, on what a framework has made of it: another framework may be handed the
 * same request further in.
 */
export function noteMounted<Data extends object>(
  request: object,
  sessions: Sessions<Data>,
  passage: Passage<Data>,
): void {
  const holder: Holder = request
  holder[ABOVE] = new Mount(sessions, passage, holder[ABOVE])
}

/** Makes the passage current again that was so before: a mount's `outer`. Without one the mount stays: responses outlive their handlers. */
export function mountAgain(request: object, outer: Mount<object>): void {
  const holder: Holder = request
  holder[MOUNT] = outer
}

/** Takes a mount off a request, wherever it stands among the others: what one handler has answered is over for the next. */
export function takeOff(request: object, mounted: Mount<object>): void {
  const holder: Holder = request
  if (holder[MOUNT] === mounted) {
    holder[MOUNT] = mounted.outer
    return
  }
  let inner = holder[MOUNT]
  while (inner !== undefined && inner.outer !== mounted) inner = inner.outer
  if (inner !== undefined) inner.outer = mounted.outer
}

/** Finds the passage a manager already has on a request: mounted twice, it is still one session. */
export function passageOf<Data extends object>(
  request: object,
  sessions: Sessions<Data>,
): Passage<Data> | undefined {
  const holder: Holder = request
  return passageIn(holder[MOUNT], sessions) ?? passageIn(holder[ABOVE], sessions)
}

function passageIn<Data extends object>(
  chain: Mount<object> | undefined,
  sessions: Sessions<Data>,
): Passage<Data> | undefined {
  let candidate = chain
  while (candidate !== undefined) {
    if (isOf(candidate, sessions)) return candidate.passage
    candidate = candidate.outer
  }
  return undefined
}

/** Gives the passage of the innermost manager of a request. */
export function currentPassage(request: object): Passage<object> | undefined {
  const holder: Holder = request
  return holder[MOUNT]?.passage
}

function isOf<Data extends object>(
  candidate: Mount<object>,
  sessions: Sessions<Data>,
): candidate is Mount<Data> {
  return candidate.sessions === sessions
}
