import { StoreError } from '../core/errors.ts'
import type { SessionRecord } from '../core/record.ts'
import type {
  ConditionalStore,
  RecordPage,
  ReplaceOptions,
  ReplaceOutcome,
  TouchOptions,
  WriteOptions,
} from '../core/store.ts'
import { type DynamoDbClient, type DynamoDbItem, dynamoDbClient } from './dynamodb/client.ts'
import {
  hasRevision,
  isAlive,
  isFree,
  isNamedFor,
  isOf,
  isThere,
  liveRecords,
  mayBeBarred,
} from './dynamodb/conditions.ts'
import { allOf } from './dynamodb/expression.ts'
import { inGroups } from './dynamodb/in-groups.ts'
import {
  dataOf,
  deadlineOf,
  ending,
  hasMark,
  isLive,
  markOfBirth,
  markOfEnd,
  markOfWrite,
  recordOf,
  timesOf,
  USER_ATTRIBUTES,
  userOf,
  wholeOf,
} from './dynamodb/item.ts'
import { cursorAt, keyAt, sessionKey } from './dynamodb/keys.ts'
import { type Life, lifeFrom } from './dynamodb/life.ts'
import { makeTable } from './dynamodb/make-table.ts'
import { revoke } from './dynamodb/revocation.ts'
import { keyAfter, Table } from './dynamodb/table.ts'
import { DEFAULT_TABLE, tableName } from './dynamodb/table-name.ts'
import { UserNames } from './dynamodb/user-names.ts'
import { numberIn } from './dynamodb/values.ts'
import { clockOf, optionsOf, refuseUnknownOptions } from './options.ts'
import { pageLimit } from './page-limit.ts'
import { createWriteMarks } from './write-marks.ts'

export type { DynamoDbClient } from './dynamodb/client.ts'

/** How a {@link DynamoDbSessionStore} is set up. */
export interface DynamoDbSessionStoreOptions {
  /** Names the table, or gives the ARN of one. Default `'coatcheck_sessions'`. */
  table?: string
  /** Gives the store's clock, in milliseconds since the epoch. Default `Date.now`. */
  now?: () => number
}

/**
 * Keeps sessions in a table of Amazon DynamoDB: for Lambda functions and servers, in any number, in one region.
 *
 * Each write is one conditional write of one item, and each read a consistent one. DynamoDB itself deletes what has
 * expired; it is never given out. The store has no timer, and does nothing before its first use. A failure of the SDK is
 * thrown as it came, but for those that have a fix in the set-up, such as a missing table: those are a {@link ConfigError}.
 */
export class DynamoDbSessionStore implements ConditionalStore {
  readonly #client: DynamoDbClient
  readonly #tableName: string
  readonly #table: Table
  readonly #names: UserNames
  readonly #now: () => number
  readonly #newMark = createWriteMarks()

  /** Names the class in errors, also in minified code. */
  static get name(): string {
    return STORE
  }

  /**
   * Takes the client. Nothing is sent yet.
   * @param client - `new DynamoDB(…)` of `@aws-sdk/client-dynamodb`. It stays yours: the store never closes it.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the client is another, or an option is unknown or not usable.
   */
  constructor(client: DynamoDbClient, options: DynamoDbSessionStoreOptions = {}) {
    const { table = DEFAULT_TABLE, now, ...unknown } = optionsOf(STORE, options)
    refuseUnknownOptions(STORE, unknown, 'table and now')
    this.#now = clockOf(STORE, now)
    this.#tableName = tableName(table)
    this.#client = dynamoDbClient(client)
    this.#table = new Table(this.#client, this.#tableName)
    this.#names = new UserNames(this.#table)
  }

  /**
   * Makes the table unless it is there, billed by request, waits until it is ready, and has DynamoDB delete what has expired.
   * Any number of processes may do it at once.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` there is such a table that something else made; nothing was changed. Or this role may not.
   */
  migrate(): Promise<void> {
    return makeTable(this.#client, this.#tableName)
  }

  /** Gives the record under this id; `null` when there is none or its ttl has run out. */
  async get(id: string): Promise<SessionRecord | null> {
    const item = await this.#table.get(sessionKey(id))
    return isLive(item, this.#now()) ? recordOf(item) : null
  }

  /** Writes the record, whatever was there. */
  async set(id: string, record: SessionRecord, options: WriteOptions): Promise<void> {
    const life = lifeFrom(this.#now(), options.ttl)
    if (life.isOver) return this.destroy(id)
    await this.#name(id, record, life) // before, as others may know the id
    await this.#table.put({ ...sessionKey(id), ...wholeOf(record, life) })
  }

  /** Writes a record under an id that is free; `false` when a live record is already there. */
  async create(id: string, record: SessionRecord, options: WriteOptions): Promise<boolean> {
    const life = lifeFrom(this.#now(), options.ttl)
    const mark = markOfBirth(this.#newMark())
    const item = { ...sessionKey(id), ...wholeOf(record, life), ...mark }
    // Side by side: nobody knows the id before this has answered. Should one fail, the other is not left under way.
    const [created] = await allDone(
      this.#table.put(item, isFree(life.now, mark.born)),
      this.#name(id, record, life),
    )
    return created || hasMark(await this.#table.get(sessionKey(id)), mark)
  }

  /** Writes over a live record of exactly `options.revision`; with a ttl of zero or less ends it. */
  async replace(id: string, record: SessionRecord, options: ReplaceOptions): Promise<ReplaceOutcome> {
    const life = lifeFrom(this.#now(), options.ttl)
    const expected = allOf(isAlive(life.now), hasRevision(options.revision))
    if (life.isOver) {
      // Its user's name for it stays: a revocation that finds it looks for what has taken the session's place.
      const mark = markOfEnd(this.#newMark())
      if (await this.#table.update(sessionKey(id), ending(life.now, mark), expected)) return 'written'
      return (await this.#reason(id, options.revision, mark)) ?? 'conflict'
    }
    const mark = markOfWrite(record, this.#newMark())
    const set = { ...dataOf(record), ...deadlineOf(life), ...mark }
    const isNamed = allOf(isOf(record.user), isNamedFor(life))
    if (await this.#table.update(sessionKey(id), { set }, allOf(expected, isNamed))) return 'written'
    const reason = await this.#reason(id, options.revision, mark)
    if (reason !== null) return reason
    // It has another user now, or must be named for longer.
    await this.#name(id, record, life)
    const whole = {
      set: { ...wholeOf(record, life), ...mark },
      remove: record.user === undefined ? USER_ATTRIBUTES : [],
    }
    if (await this.#table.update(sessionKey(id), whole, expected)) return 'written'
    return (await this.#reason(id, options.revision, mark)) ?? 'conflict'
  }

  /** Says why a record was not written over; `null` when all that is looked at here would have allowed it. */
  async #reason(id: string, revision: number, mark: DynamoDbItem): Promise<ReplaceOutcome | null> {
    const item = await this.#table.get(sessionKey(id))
    if (hasMark(item, mark)) return 'written' // the SDK sent it twice, and was told of the second time
    if (!isLive(item, this.#now())) return 'missing'
    return numberIn(item, 'revision') === revision ? null : 'conflict'
  }

  /**
   * Extends a live record; `false` when there is none.
   * @throws {StoreError} `ERR_STORE_CONFLICT` its user was another one each of five times; nothing was extended.
   */
  async touch(id: string, options: TouchOptions): Promise<boolean> {
    const life = lifeFrom(this.#now(), options.ttl)
    const set = { ...timesOf(options), ...deadlineOf(life) }
    const mayBeExtended = allOf(isAlive(life.now), isNamedFor(life))
    for (let time = 0; time < MOST_TOUCHES; time++) {
      if (await this.#table.update(sessionKey(id), { set }, mayBeExtended)) return true
      const item = await this.#table.get(sessionKey(id))
      if (!isLive(item, this.#now())) return false
      // Its user's name for it must last for longer.
      const record = recordOf(item)
      await this.#name(id, record, life)
      const renewed = { set: { ...set, ...userOf(record, life) } }
      if (await this.#table.update(sessionKey(id), renewed, allOf(isAlive(life.now), isOf(record.user))))
        return true
      // It has ended, or has another user: another look tells.
    }
    throw new StoreError(
      'ERR_STORE_CONFLICT',
      `${STORE} could not extend a session, as its item was another one each of ${MOST_TOUCHES} times. See what else writes to the table ${this.#tableName}.`,
      { store: STORE, operation: 'touch' },
    )
  }

  /** Ends the record. A missing one is not an error. */
  async destroy(id: string): Promise<void> {
    // Not deleted: what made it may come a second time.
    const before = await this.#table.swap(sessionKey(id), ending(this.#now()), isThere())
    const user = before === null ? undefined : recordOf(before).user
    if (before === null || user === undefined) return
    await this.#names.removeUnlessRenewed(user, id, numberIn(before, 'listed_until'))
  }

  /** Gives the live records of one user: one round trip for their ids, and one for each 25. */
  async listByUser(user: string): Promise<SessionRecord[]> {
    const ids = await this.#names.ids(user)
    const items = await inGroups(ids, (id) => this.#table.get(sessionKey(id)))
    const now = this.#now()
    const records = items.filter((item) => isLive(item, now)).map(recordOf)
    return records.filter((record) => record.user === user)
  }

  /**
   * Removes the live records of one user but `except`, and tells how many they were: one round trip for their ids, and two for
   * each 25.
   * @throws {StoreError} `ERR_STORE_CONFLICT` there were new ones in each of 10 rounds; those before are ended.
   */
  destroyByUser(user: string, options: { except?: string } = {}): Promise<number> {
    const end = async (id: string): Promise<'ended' | 'gone' | 'other'> => {
      const now = this.#now()
      const barring = ending(now, { barred: { BOOL: true } })
      const before = await this.#table.swap(sessionKey(id), barring, mayBeBarred(user, now))
      if (before === null) return 'other'
      return isLive(before, now) ? 'ended' : 'gone'
    }
    return revoke({ names: this.#names, user, except: options.except, end })
  }

  /**
   * Walks all live records, by a scan of the whole table.
   * @param options.limit - How many items DynamoDB looks at for a page, 1 to 10,000. Default 100. Half of them may be no records.
   */
  async entries(options: { cursor?: string; limit?: number } = {}): Promise<RecordPage> {
    const range = { ...liveRecords(this.#now()), Limit: pageLimit(options.limit) }
    const page = await this.#table.page(
      range,
      options.cursor === undefined ? undefined : keyAt(options.cursor),
    )
    const records = (page.Items ?? []).map(recordOf)
    const next = keyAfter(page)
    return next === undefined ? { records } : { records, cursor: cursorAt(next) }
  }

  /** Counts live records, exactly: reads the whole table, and is billed for it. */
  async count(): Promise<number> {
    let count = 0
    for await (const page of this.#table.pages({ ...liveRecords(this.#now()), Select: 'COUNT' }))
      count += page.Count ?? 0
    return count
  }

  async #name(id: string, { user }: SessionRecord, { isOver, namedUntil }: Life): Promise<void> {
    if (user !== undefined && !isOver) await this.#names.add(user, id, namedUntil)
  }
}

const STORE = 'DynamoDbSessionStore'
const MOST_TOUCHES = 5

/** Waits for both, and fails with the first failure when neither is under way any more. */
async function allDone<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other])
  return Promise.all([one, other])
}
