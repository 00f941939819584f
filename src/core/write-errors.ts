import { StoreError } from './errors.ts'
import { MOST_WAITING } from './turns.ts'

const ADVICE = 'Write to one session less often, or keep shared counters elsewhere.'

/** Makes the error of a new id that is not free. */
export function takenError(store: string, id: string): StoreError {
  return new StoreError(
    'ERR_STORE_CONFLICT',
    `A record is already there under the new session id ${id}. Nothing was overwritten; send the request again.`,
    { store, operation: 'create' },
  )
}

/** Makes the error of a session that has ended, perhaps by a request of its own that has heard no answer. */
export function inDoubtError(store: string, id: string): StoreError {
  return new StoreError(
    'ERR_STORE_UNAVAILABLE',
    `The session ${id} was to get a new id, ${store} gave no answer when its old one was ended, and now it is gone: by that or by somebody else. Nothing was saved; the visitor begins anew.`,
    { store, operation: 'replace' },
  )
}

/** Makes the error of who would be one too many to wait for a session. */
export function crowdedError(store: string, id: string): StoreError {
  return new StoreError(
    'ERR_STORE_CONFLICT',
    `${MOST_WAITING} requests of this process wait already to write the session ${id}; this one was refused, and nothing of it was saved. ${ADVICE}`,
    { store, operation: 'replace' },
  )
}

/** Makes the error of a change that others were before of each time. */
export function contendedError(store: string, id: string, attempts: number): StoreError {
  return new StoreError(
    'ERR_STORE_CONFLICT',
    `The session ${id} was written by others ${attempts} times in a row; this change was not saved. ${ADVICE}`,
    { store, operation: 'replace' },
  )
}
