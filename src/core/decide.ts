/** What was loaded for the request's ticket. */
export interface Loaded {
  /** When the record was last touched, in milliseconds since the epoch. */
  touchedAt: number
  /** Whether the ticket was signed with an older key. */
  olderKey: boolean
  /** Whether the record belongs to a user. */
  signedIn: boolean
}

/**
 * What the handler wants of the loaded record.
 * - `kept`: go on with it. `renewed`: end it and go on under a new id. `destroyed`: end it.
 */
export type Fate = 'kept' | 'renewed' | 'destroyed'

/** What the handler did with the session. */
export interface Handled {
  fate: Fate
  /** Whether it read, wrote or touched the session at all. */
  used: boolean
  /** Whether the data is another than what was loaded. */
  changed: boolean
  /** Whether there is no data. */
  empty: boolean
  /** Whether data of the loaded record goes over into a renewed session. */
  carries: boolean
  /** Whether the data belongs to another user than what was loaded. */
  userChanged: boolean
}

/** What the response can still say. */
export interface Answerable {
  /** Whether the request brought a cookie of our name, good or bad. */
  presented: boolean
  /** Whether the response is about to leave, or has left: what is decided now is what it says. */
  leaving: boolean
  /** Whether the response's headers have gone out, so that no cookie can be set. */
  headersSent: boolean
  /** Tells whether a new id would reach the client. Asked only when there is to be one: not every adapter knows it at once. */
  takesNewId(): boolean
}

/** The settings a decision depends on. */
export interface TouchPolicy {
  /** Milliseconds that must have passed since the last touch for another to be worth a write. */
  touchInterval: number
}

/**
 * What to do. To `create` where a record was loaded is to end that one in the same step. To `leave` a record is to end it,
 * unless somebody has written meanwhile what goes over into a new one.
 *
 * The cookie is for when the store verb succeeds: one that finds its record gone sets none.
 */
export interface Decision {
  store: 'none' | 'create' | 'replace' | 'touch' | 'leave' | 'destroy'
  cookie: 'none' | 'set' | 'clear'
  /** Whether changes are dropped because they need a cookie that can no longer be set. */
  discarded: boolean
}

/**
 * Decides what one request does to its session: one store verb, one cookie verb.
 *
 * Pure: no I/O, no clock, no randomness. All rules of when a session is made, moved, kept or ended are here.
 */
export function decide(
  loaded: Loaded | null,
  handled: Handled,
  answer: Answerable,
  policy: TouchPolicy,
  now: number,
): Decision {
  const decision =
    loaded === null ? withoutRecord(handled, answer) : withRecord(loaded, handled, answer, policy, now)
  const tooLate = isMove(decision) ? !answer.takesNewId() : answer.headersSent
  return tooLate ? afterHeaders(decision, loaded, handled) : decision
}

/** Tells whether a use of the session now is worth writing down. */
export function isTouchDue(
  { touchedAt }: Pick<Loaded, 'touchedAt'>,
  policy: TouchPolicy,
  now: number,
): boolean {
  return now - touchedAt >= policy.touchInterval
}

/** Nothing for nobody: no record is made until there is data. */
function withoutRecord({ fate, empty }: Handled, { presented }: Answerable): Decision {
  const ended = fate !== 'kept'
  if (fate !== 'destroyed' && !empty) return CREATE
  return ended && presented ? { ...NOTHING, cookie: 'clear' } : NOTHING
}

function withRecord(
  loaded: Loaded,
  { fate, used, changed, empty, carries, userChanged }: Handled,
  { leaving }: Answerable,
  policy: TouchPolicy,
  now: number,
): Decision {
  if (fate === 'destroyed') return { ...NOTHING, store: 'destroy', cookie: 'clear' }
  if (fate === 'renewed' && empty)
    return { ...NOTHING, store: carries ? 'leave' : 'destroy', cookie: 'clear' }
  if (fate === 'renewed' || userChanged) return CREATE
  // A ticket is signed again only together with a store verb that tells whether the session still lives, and only as the
  // response leaves: a slow response must not put back the cookie of a session that a parallel one has ended or moved.
  const signAgain = loaded.olderKey && leaving
  if (changed) return signAgain ? { ...REPLACE, cookie: 'set' } : REPLACE
  if (signAgain) return { ...NOTHING, store: 'touch', cookie: 'set' }
  if (used && isTouchDue(loaded, policy, now)) return { ...NOTHING, store: 'touch' }
  return NOTHING
}

/** Whether there is to be a new id, or may be. */
function isMove({ store }: Decision): boolean {
  return store === 'create' || store === 'leave'
}

/** Without a cookie an existing record can be written or ended; a new id could reach nobody. */
function afterHeaders(decision: Decision, loaded: Loaded | null, { fate }: Handled): Decision {
  if (decision.cookie === 'none') return decision
  if (decision.store === 'leave') return { ...NOTHING, store: 'destroy' }
  if (decision.store !== 'create') return { ...decision, cookie: 'none' }
  // Nobody goes on as a user the request meant to leave. A visitor's record that was to become a user's stays as it was.
  const ends = loaded !== null && (fate !== 'kept' || loaded.signedIn)
  return { ...NOTHING, store: ends ? 'destroy' : 'none', discarded: true }
}

const NOTHING: Decision = { store: 'none', cookie: 'none', discarded: false }
const CREATE: Decision = { ...NOTHING, store: 'create', cookie: 'set' }
// The verb of most writes, made once.
const REPLACE: Decision = { ...NOTHING, store: 'replace' }
