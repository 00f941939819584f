import type { PromiseBreaker } from './promise-breaker.ts'

/** Breaks the promises P7 and P8. */
export const BREAKERS_P07_P08: readonly PromiseBreaker[] = [
  {
    promise: 'P7',
    breaks: 'verifies with the newest key alone',
    file: 'core/key-ring.ts',
    find: "? 'older' : null",
    replace: '? null : null',
  },
  {
    promise: 'P7',
    breaks: 'does not sign a ticket of an older key again',
    file: 'core/decide.ts',
    find: "if (signAgain) return { ...NOTHING, store: 'touch', cookie: 'set' }",
    replace: '',
  },
  {
    promise: 'P7',
    breaks: 'signs again with a save that the response has not waited for',
    file: 'core/decide.ts',
    find: 'loaded.olderKey && leaving',
    replace: 'loaded.olderKey',
  },
  {
    promise: 'P7',
    breaks: 'signs again only when the handler used the session',
    file: 'core/passage.ts',
    find: "return this.#state.used || this.#state.loaded?.ticket.age === 'older'",
    replace: 'return this.#state.used',
  },
  {
    promise: 'P8',
    breaks: 'leaves the idle timeout to the time written in the record',
    file: 'core/expiry.ts',
    find: "if (touchedAt > now + CLOCK_SKEW_MS || now >= touchedAt + lifetime.idle) return 'idle'",
    replace: '',
  },
  {
    promise: 'P8',
    breaks: 'lets use move the absolute timeout',
    file: 'core/expiry.ts',
    find: "|| now >= createdAt + lifetime.absolute) return 'absolute'",
    replace: "|| now >= touchedAt + lifetime.absolute) return 'absolute'",
  },
  {
    promise: 'P8',
    breaks: 'leaves expiry to the store',
    file: 'core/session-loader.ts',
    find: '    if (expiry !== null) {',
    replace: '    if (expiry === undefined) {',
  },
  {
    promise: 'P8',
    breaks: 'takes nonsense for times',
    file: 'core/record.ts',
    find: "return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0",
    replace: "return typeof value !== 'object'",
  },
  {
    promise: 'P8',
    breaks: 'touches at every use',
    file: 'core/decide.ts',
    find: 'return now - touchedAt >= policy.touchInterval',
    replace: 'return now - touchedAt >= 1',
  },
  {
    promise: 'P8',
    breaks: 'never touches',
    file: 'core/decide.ts',
    find: "if (used && isTouchDue(loaded, policy, now)) return { ...NOTHING, store: 'touch' }",
    replace: '',
  },
  {
    promise: 'P8',
    breaks: 'gives a session a new life at each regenerate()',
    file: 'core/session-saver.ts',
    find: 'const keepsAge = snapshot.carry.length > 0 && !isSignIn(user, snapshot.base, policy)',
    replace: 'const keepsAge = false',
  },
  {
    promise: 'P8',
    breaks: 'takes a user who is named anew for one who never left',
    file: 'core/session-saver.ts',
    find: '!isSignIn(user, snapshot.base, policy)',
    replace: '!(user !== undefined && user !== loaded.record.user)',
  },
]
