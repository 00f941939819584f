import { isTouchDue } from './decide.ts'
import { endOf, expiresAt } from './expiry.ts'
import type { LoadedSession } from './loaded-session.ts'
import type { Policy } from './policy.ts'
import type { SessionState } from './session-state.ts'
import { isSignIn } from './sign-in.ts'

/** Gives when a session began, or its user last signed in, as it will be once it is saved. */
export function beginOf(state: SessionState, policy: Policy): number {
  const { loaded } = state
  return loaded !== null && keepsAge(state, policy) ? loaded.record.createdAt : policy.now()
}

/**
 * Gives when a session ends if nobody uses it after this request, as it will be once it is saved.
 * @param readonly - Whether it is only looked at, which is no use.
 */
export function endOfUse(state: SessionState, readonly: boolean, policy: Policy): number {
  const { loaded } = state
  const now = policy.now()
  if (loaded === null || !keepsAge(state, policy)) return expiresAt(now, now, policy)
  const { record, touchedAt } = loaded
  if (isWrittenDown(state, loaded, readonly, policy)) return expiresAt(record.createdAt, now, policy)
  return touchedAt === record.touchedAt
    ? endOf(record, policy)
    : expiresAt(record.createdAt, touchedAt, policy)
}

/** Whether it will be as old as what was loaded: who signs in begins anew. */
function keepsAge(state: SessionState, policy: Policy): boolean {
  if (!state.goesOn || state.unwritten) return state.goesOn
  try {
    return !isSignIn(policy.userOf(state.seen), state.base, policy)
  } catch {
    // Data that cannot be kept signs nobody in: the save fails, and says why.
    return true
  }
}

/** Whether the save that is still to come writes down that the session is used now. */
function isWrittenDown(
  state: SessionState,
  loaded: LoadedSession,
  readonly: boolean,
  policy: Policy,
): boolean {
  if (state.isNew) return true
  if (readonly) return false
  if (isTouchDue(loaded, policy, policy.now())) return true
  // Its ticket is signed again together with a touch.
  if (loaded.olderKey) return true
  try {
    return state.snapshot().changed
  } catch {
    // What cannot be kept is not written.
    return false
  }
}
