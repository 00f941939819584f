import { encodeKey } from '../key-text.ts'
import type { DynamoDbValue } from './client.ts'
import { allOf, type Condition, condition, wordsOf } from './expression.ts'
import { RECORD_SORT_KEY } from './keys.ts'
import type { Life } from './life.ts'
import type { TableRange } from './table.ts'
import { number, text } from './values.ts'

/**
 * There is nothing under a session's id, or nothing alive: neither what this same write has made before, nor what a revocation has barred.
 * @param born - The mark of the write. The SDK sends one again that is slow, and what it sent first may come when all is over.
 */
export function isFree(now: number, born: DynamoDbValue): Condition {
  return condition(
    'attribute_not_exists(#pk) OR (#dies_at <= :now AND attribute_not_exists(#barred) AND NOT #born = :born)',
    { now: number(now), born },
  )
}

/** Something is there. */
export function isThere(): Condition {
  return condition('attribute_exists(#pk)')
}

/** A record is there that has not ended. */
export function isAlive(now: number): Condition {
  return condition('#dies_at > :now', { now: number(now) })
}

/** The record is of this revision. */
export function hasRevision(revision: number): Condition {
  return condition('#revision = :revision', { revision: number(revision) })
}

/** The record's user is this one. */
export function isOf(user: string | undefined): Condition {
  return user === undefined
    ? condition('attribute_not_exists(#user_id)')
    : condition('#user_id = :user', { user: text(encodeKey(user)) })
}

/** The record's user, if it has one, has a name for it that outlasts it. */
export function isNamedFor({ diesAt }: Life): Condition {
  return condition('attribute_not_exists(#user_id) OR #listed_until >= :dies_at', { dies_at: number(diesAt) })
}

/** What is under the id of a session that a user has a name for is the user's, or has ended, or is still on its way. */
export function mayBeBarred(user: string, now: number): Condition {
  return condition('attribute_not_exists(#pk) OR #dies_at <= :now OR #user_id = :user', {
    now: number(now),
    user: text(encodeKey(user)),
  })
}

/** What a walk over live records reads. */
export function liveRecords(now: number): TableRange {
  const wanted = allOf(condition('#sk = :sk', { sk: RECORD_SORT_KEY }), isAlive(now))
  return { FilterExpression: wanted.text, ...wordsOf(wanted) }
}
