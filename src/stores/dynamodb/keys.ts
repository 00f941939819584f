import { hash } from 'node:crypto'
import { decodeKey, encodeKey } from '../key-text.ts'
import type { DynamoDbKey, StoredItem } from './client.ts'
import { text } from './values.ts'

/*
 * The table holds two kinds of items:
 *   pk `session#<id>`, sk `session`: a record
 *   pk `user#<user>`,  sk `<id>`:    the name of a user's session, see user-names.ts
 */

const SESSION_PREFIX = 'session#'
// A key has at most 2,048 bytes, and a character up to three.
const LONGEST_IN_KEY = 600

/** The sort key of every record. */
export const RECORD_SORT_KEY: { S: string } = text('session')

/** Gives the key of a session's record. */
export function sessionKey(id: string): DynamoDbKey {
  return { pk: text(SESSION_PREFIX + encodeKey(id)), sk: RECORD_SORT_KEY }
}

/** Gives the session's id of a record's item. */
export function sessionIdIn(item: StoredItem): string {
  return decodeKey((item.pk?.S ?? '').slice(SESSION_PREFIX.length))
}

/** Gives the key of a user's name for a session. */
export function nameKey(user: string, id: string): DynamoDbKey {
  return { pk: userPartition(user), sk: text(encodeKey(id)) }
}

/** Gives the partition key that all names of a user have. */
export function userPartition(user: string): { S: string } {
  const key = encodeKey(user)
  return text(key.length <= LONGEST_IN_KEY ? `user#${key}` : `long-user#${hash('sha256', key, 'base64url')}`)
}

/** Gives the session's id of a name. */
export function namedIdIn(name: StoredItem): string {
  return decodeKey(name.sk?.S ?? '')
}

// No key holds one: encodeKey escapes it.
const SEPARATOR = '\n'

/** Writes a key as the cursor of a walk. */
export function cursorAt({ pk, sk }: StoredItem): string {
  return `${pk?.S ?? ''}${SEPARATOR}${sk?.S ?? ''}`
}

/** Reads what {@link cursorAt} wrote. DynamoDB refuses what it cannot have written. */
export function keyAt(cursor: string): DynamoDbKey {
  const [pk = '', sk = ''] = cursor.split(SEPARATOR)
  return { pk: text(pk), sk: text(sk) }
}
