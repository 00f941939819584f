import type { ConditionalStore, SessionStore } from './store.ts'
import { TwoStepStore } from './two-step-store.ts'
import { warn } from './warning.ts'

const ABILITIES = ['create', 'replace', 'touch'] as const

/** Tells whether a store can write on a condition, which P3 and P4 rest on. */
function isConditional(store: SessionStore): store is ConditionalStore {
  return ABILITIES.every((ability) => typeof store[ability] === 'function')
}

/**
 * Gives any store the abilities the engine speaks to, and says once what it lacks.
 *
 * What a basic store cannot do in one atomic step is done here in two, one caller at a time: as strong as a
 * full store within this process, but another process may write between the two steps.
 *
 * @param timeout - Milliseconds after which a two-step write that has not come to its second step never does.
 */
export function conditionalStore(store: SessionStore, timeout: number): ConditionalStore {
  if (isConditional(store)) return store
  const missing = ABILITIES.filter((ability) => typeof store[ability] !== 'function')
  const index = store.listByUser ? '' : ' It keeps no index of users either: sessions.user() throws.'
  warn(
    `${nameOf(store)} has no ${missing.join(', ')}: with several processes, parallel requests can lose updates and a logged-out session can come back. Within one process nothing is lost.${index}`,
  )
  return new TwoStepStore(store, timeout)
}

/** Names a store for messages. */
export function nameOf(store: SessionStore): string {
  const name = store.constructor?.name
  return name === undefined || name === '' || name === 'Object' ? 'The session store' : name
}
