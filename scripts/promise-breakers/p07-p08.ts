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
]
