import { StoreError } from '../../core/errors.ts'

const MOST_PASSES = 100

/** How {@link destroyAll} works on one user's sessions. */
export interface UserRows {
  /** The store's class name, for the error. */
  store: string
  /** Deletes the rows of the user's live sessions and tells how many they were. One statement. */
  destroy: () => Promise<number>
  /** Looks, in a statement of its own, whether there is a live session of the user. */
  isAnyLeft: () => Promise<boolean>
}

/**
 * Ends all sessions of a user, also those that get a new id meanwhile, and tells how many they were.
 *
 * A new id is one statement that inserts and then one that deletes. To a DELETE that began before them the new row is
 * not there yet, and the old one is not any more once it comes to it. So it is repeated until a look finds no row: as
 * the new row is there before the old one goes, a look at any one moment finds at least one of them.
 * @throws {StoreError} `ERR_STORE_CONFLICT` there were new ones after each of 100 passes; those before are ended.
 */
export async function destroyAll({ store, destroy, isAnyLeft }: UserRows): Promise<number> {
  let destroyed = 0
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    destroyed += await destroy()
    if (!(await isAnyLeft())) return destroyed
  }
  throw new StoreError(
    'ERR_STORE_CONFLICT',
    `${store} ended ${destroyed} sessions of one user in ${MOST_PASSES} passes, and there are new ones: sessions of this user keep being renewed or begun. Call it again.`,
    { store, operation: 'destroyByUser' },
  )
}
