import { isPromise } from './awaitable.ts'
import type { DataObject } from './data-text.ts'
import { ConfigError, UsageError } from './errors.ts'
import { rejectReservedKeys } from './reserved-keys.ts'

/** What the user's code does in an `update`. */
export type DraftChange = (draft: DataObject) => void | Promise<void>

/**
 * Refuses what is no function, before anything is asked of the store.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` nothing was changed.
 */
export function checkChange(change: unknown): void {
  if (typeof change === 'function') return
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    'update() takes a function that changes the draft it is given: update((draft) => { draft.count = 1 }). Nothing was changed.',
  )
}

/** How many milliseconds a change may take: everybody else who writes the same session waits meanwhile. */
export const LONGEST_CHANGE_MS = 10_000

/**
 * Lets the user's code change a draft, and gives it back.
 * @throws {UsageError} `ERR_UPDATE_STUCK` it had not ended after 10 seconds. What it still does to the draft counts for nothing.
 * @throws {DataError} `ERR_DATA_KEY_RESERVED` it wrote a key that belongs to the session itself.
 */
export async function changeDraft(draft: DataObject, change: DraftChange): Promise<DataObject> {
  const changing = change(draft)
  if (isPromise(changing)) await inTime(changing)
  rejectReservedKeys(draft)
  return draft
}

function inTime(changing: PromiseLike<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(stuck()), LONGEST_CHANGE_MS)
    const ended = (): void => {
      clearTimeout(timer)
      resolve()
    }
    changing.then(ended, (error: unknown) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}

function stuck(): UsageError {
  return new UsageError(
    'ERR_UPDATE_STUCK',
    `The change given to update() had not ended after ${LONGEST_CHANGE_MS / 1_000} seconds; it was given up and nothing was written. All other writers of the session wait for it: let it wait neither for a verb of the same session, such as save() or update(), nor for slow work, which belongs before the update.`,
  )
}
