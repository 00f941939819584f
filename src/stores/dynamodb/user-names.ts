import { condition, wordsOf } from './expression.ts'
import { deletedAfter } from './item.ts'
import { namedIdIn, nameKey, userPartition } from './keys.ts'
import type { Table } from './table.ts'
import { number } from './values.ts'

/**
 * Which sessions a user has: one item for each, its name, in a partition of the user's.
 *
 * An index of DynamoDB's own would show a session some time after it began, and a revocation in that time would miss it. The
 * rule here is that a record never lives longer than its name: a name is there before its record is acknowledged, and the record
 * says until when it may count on it (`listed_until`). To spare each touch a second write, that is for twice the session's
 * lifetime.
 *
 * A name whose record is gone does no harm: records are asked whose they are.
 */
export class UserNames {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  /** Names a session of a user, until this time or for longer if it is named for longer already. */
  async add(user: string, id: string, until: number): Promise<void> {
    const shorter = condition('attribute_not_exists(#listed_until) OR #listed_until < :until', {
      until: number(until),
    })
    const times = { listed_until: number(until), ttl: deletedAfter(until) }
    await this.#table.put({ ...nameKey(user, id), ...times }, shorter)
  }

  /** Takes a name away. */
  async remove(user: string, id: string): Promise<void> {
    await this.#table.remove(nameKey(user, id))
  }

  /** Takes a name away unless it has been given for longer since: who puts another record under the id does so first. */
  async removeUnlessRenewed(user: string, id: string, until: number): Promise<void> {
    await this.#table.remove(nameKey(user, id), condition('#listed_until = :until', { until: number(until) }))
  }

  /** Gives the ids of all sessions that the user may have. Whether they live, and are still this user's, their records know. */
  async ids(user: string): Promise<string[]> {
    const own = condition('#pk = :pk', { pk: userPartition(user) })
    const ids: string[] = []
    for await (const { Items = [] } of this.#table.pages({
      KeyConditionExpression: own.text,
      ...wordsOf(own),
    }))
      ids.push(...Items.map(namedIdIn))
    return ids
  }
}
