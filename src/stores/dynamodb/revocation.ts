import { StoreError } from '../../core/errors.ts'
import { inGroups } from './in-groups.ts'
import type { UserNames } from './user-names.ts'

/** What it takes to end all sessions of one user. */
export interface Revocation {
  names: UserNames
  user: string
  /** The id of a session to spare. */
  except: string | undefined
  /**
   * Ends a session if it is the user's, and for good: a record that is still on its way does not come into being.
   * @returns `gone` when it was not alive; `other` when it is somebody else's, and may become the user's.
   */
  end(id: string): Promise<'ended' | 'gone' | 'other'>
}

const MOST_ROUNDS = 10

/**
 * Ends all sessions of one user, also those that are given a new id meanwhile, and tells how many they were.
 *
 * A session that is given a new id is named under it first, and its old id is ended last and only if it is still there. So
 * while all that are named are found alive, there is no other: what is on its way to a new id is undone. Where one was
 * gone, another may have taken its place since the names were read, and they are read again, for those not yet ended.
 * @throws {StoreError} `ERR_STORE_CONFLICT` there were new ones in each of 10 rounds; those before are ended.
 */
export async function revoke({ names, user, except, end }: Revocation): Promise<number> {
  const done = new Set(except === undefined ? [] : [except])
  let count = 0
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const ids = (await names.ids(user)).filter((id) => !done.has(id))
    const outcomes = await inGroups(ids, async (id) => {
      const outcome = await end(id)
      if (outcome !== 'other') await names.remove(user, id)
      return outcome
    })
    for (const id of ids) done.add(id)
    const ended = outcomes.filter((outcome) => outcome === 'ended').length
    count += ended
    if (ended === ids.length) return count
  }
  throw new StoreError(
    'ERR_STORE_CONFLICT',
    `DynamoDbSessionStore ended ${count} sessions of one user in ${MOST_ROUNDS} rounds, and there are new ones: sessions of this user keep being renewed or begun. Call it again.`,
    { store: 'DynamoDbSessionStore', operation: 'destroyByUser' },
  )
}
