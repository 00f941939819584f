import type { ResponseEffects } from '../core/response-effects.ts'

const SAVED: unique symbol = Symbol('coatcheck.savedEffects')

/** What sessions are saved for: a request, or the framework's context of it. */
interface Holder {
  [SAVED]?: ResponseEffects[]
}

/**
 * Notes what a session that is saved has done to the response. When that of another manager, further out, is not, an error
 * takes the response's place, and has to carry the cookie all the same.
 */
export function noteSaved(request: object, effects: ResponseEffects): void {
  const holder: Holder = request
  holder[SAVED] ??= []
  holder[SAVED].push(effects)
}

const NONE: readonly ResponseEffects[] = []

/** Gives what was noted for a request. */
export function savedEffects(request: object): readonly ResponseEffects[] {
  const holder: Holder = request
  return holder[SAVED] ?? NONE
}
