import { batches } from './batches.ts'
import type { UserIndex } from './user-index.ts'

/** What it takes to end all sessions of one user. */
export interface Revocation {
  index: UserIndex
  user: string
  /** The id of a session to spare. */
  except: string | undefined
  /** Tells this revocation's bar from those of others. */
  mark: string
  /** Ends those sessions that are the user's, and tells of each whether it was. */
  end(ids: readonly string[]): Promise<boolean[]>
}

const MOST_ROUNDS = 10

/**
 * Ends all sessions of one user, also those that are given a new id meanwhile, and tells how many they were.
 *
 * While it goes on, the user's index is barred to new names. A session that is given a new id is named under it
 * first, and its old id is ended last and only if it is still there. So the new name is either refused until the
 * old record is gone, which undoes the move; or it was there before the bar and is among those read.
 * @throws {Error} the bar was lost again and again; some may live under a new id. Safe to repeat.
 */
export async function revoke(revocation: Revocation): Promise<number> {
  let count = 0
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { ended, complete } = await endUnderBar(revocation)
    count += ended
    if (complete) return count
  }
  throw new Error(
    `The sessions of a user were ended ${MOST_ROUNDS} times over, and each time others could be added to the user's index meanwhile. Redis needs seconds for each batch, or drops keys: check its load and that its maxmemory-policy is noeviction, and revoke again.`,
  )
}

async function endUnderBar(revocation: Revocation): Promise<{ ended: number; complete: boolean }> {
  const { index, user, mark, except } = revocation
  try {
    const named = await index.bar(user, mark)
    if (named.length === 0) return { ended: 0, complete: true }
    const ids = named.filter((id) => id !== except)
    const first = await endAll(revocation, batches(ids), true)
    // A record that a move had still to write when it was looked for is there now, or will be taken back: by this time
    // no old one is left for the move to end.
    const missing = ids.filter((id) => !first.has(id))
    const second = await endAll(revocation, batches(missing), false)
    const ended = [...first, ...second]
    const [complete] = await Promise.all([index.liftBar(user, mark), index.remove(user, ended)])
    return { ended: ended.length, complete }
  } catch (error) {
    // Nobody waits: what failed has its error already, and a bar that stays passes by itself.
    index.liftBar(user, mark).catch(() => {})
    throw error
  }
}

/** Ends what is there of the user's, and gives the ids of that. */
async function endAll(
  { index, user, mark, end }: Revocation,
  parts: string[][],
  isFresh: boolean,
): Promise<Set<string>> {
  const ended = new Set<string>()
  for (const [place, batch] of parts.entries()) {
    const holding = isFresh && place === 0 ? undefined : index.holdBar(user, mark)
    const [were] = await Promise.all([end(batch), holding])
    for (const [index, id] of batch.entries()) if (were[index]) ended.add(id)
  }
  return ended
}
