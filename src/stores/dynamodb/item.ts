import type { SessionRecord } from '../../core/record.ts'
import { decodeKey, encodeKey } from '../key-text.ts'
import type { DynamoDbItem, DynamoDbValue, StoredItem } from './client.ts'
import type { Change } from './expression.ts'
import { sessionIdIn } from './keys.ts'
import type { Life } from './life.ts'
import { number, numberIn, text } from './values.ts'

/** What a record has besides on behalf of its user. */
export const USER_ATTRIBUTES: readonly string[] = ['user_id', 'listed_until']

// DynamoDB deletes what has expired by its own clock. An app's may be behind it.
const SPARE_MS = 3_600_000

/** Gives all attributes of a record but its key. */
export function wholeOf(record: SessionRecord, life: Life): DynamoDbItem {
  return { ...dataOf(record), ...deadlineOf(life), ...userOf(record, life) }
}

/** Gives the attributes that the engine's record has, but for its user. */
export function dataOf(record: SessionRecord): DynamoDbItem {
  const { data, revision, createdAt } = record
  return { data: text(data), revision: number(revision), created_at: number(createdAt), ...timesOf(record) }
}

/** Gives the attributes of the engine's record that a touch moves. */
export function timesOf({ touchedAt, expiresAt }: { touchedAt: number; expiresAt: number }): DynamoDbItem {
  return { touched_at: number(touchedAt), expires_at: number(expiresAt) }
}

/** Gives the attributes that tell when a record ends: to the store, and to DynamoDB, which deletes it some time later. */
export function deadlineOf({ now, diesAt }: Life): DynamoDbItem {
  return { dies_at: number(diesAt), ttl: deletedAfter(Math.max(diesAt, now)) }
}

/** Gives the time after which DynamoDB may delete an item. It is told in seconds, and passes over what is years ago. */
export function deletedAfter(time: number): { N: string } {
  return number(Math.ceil((time + SPARE_MS) / 1_000))
}

/** Gives the attributes of a record's user; none where there is no user. */
export function userOf({ user }: SessionRecord, { namedUntil }: Life): DynamoDbItem {
  return user === undefined ? {} : { user_id: text(encodeKey(user)), listed_until: number(namedUntil) }
}

/**
 * Ends a record. What is left of it has no data and no user, and is there for DynamoDB to delete: it keeps out what comes late.
 * @param mark - What it is known by besides.
 */
export function ending(now: number, mark: DynamoDbItem = {}): Change {
  const set = { dies_at: number(0), ttl: deletedAfter(now), ...mark }
  return { set, remove: ['data', ...USER_ATTRIBUTES] }
}

/** Makes the record of an item. What an item holds is not trusted: the engine checks the record. */
export function recordOf(item: StoredItem): SessionRecord {
  const record: SessionRecord = {
    id: sessionIdIn(item),
    data: item.data?.S ?? '',
    revision: numberIn(item, 'revision'),
    createdAt: numberIn(item, 'created_at'),
    touchedAt: numberIn(item, 'touched_at'),
    expiresAt: numberIn(item, 'expires_at'),
  }
  const user = item.user_id?.S
  if (user !== undefined) record.user = decodeKey(user)
  return record
}

/** Whether an item is a record that has not ended. */
export function isLive(item: StoredItem | null | undefined, now: number): item is StoredItem {
  return item !== null && item !== undefined && numberIn(item, 'dies_at') > now
}

// As many later writes as a mark is found under.
const MARKS = 4

/*
 * Each write leaves a mark, by which it is known again. The SDK sends a request again whose answer was lost or slow: it is told then that
 * its condition does not hold, as it holds no more after the first time; or the first one comes after all when much else has been done.
 */

/** Gives the mark of what makes a record. It stays for as long as anything is left of it. */
export function markOfBirth(mark: string): { born: DynamoDbValue } {
  return { born: text(mark) }
}

/** Gives the mark of what writes over a record. It is found under three later ones. */
export function markOfWrite({ revision }: SessionRecord, mark: string): DynamoDbItem {
  return { [`mark_${revision % MARKS}`]: text(mark) }
}

/** Gives the mark of what ends a record. It takes the place of no other. */
export function markOfEnd(mark: string): DynamoDbItem {
  return { mark_end: text(mark) }
}

/** Whether an item, or what is left of it, has this mark. */
export function hasMark(item: StoredItem | undefined, mark: DynamoDbItem): boolean {
  return Object.entries(mark).every(([name, value]) => 'S' in value && item?.[name]?.S === value.S)
}
