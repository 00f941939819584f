import { type RedisCommands, type RedisNode, textOf, textsOf } from './commands.ts'
import type { Keys } from './keys.ts'

/** One step of a walk over session ids. */
export interface IdPage {
  ids: string[]
  /** Where the next step begins. Absent after the last one. */
  cursor?: string
}

const COUNT_STEP = 1_000
/** Up to this many keys in Redis they are counted one by one. */
const COUNT_ALL = 100_000
/** How many keys are looked at to estimate the share of sessions among more. */
const SAMPLE = 10_000

interface Scanned {
  keys: string[]
  /** '0' at the end. */
  next: string
}

async function scan(node: RedisNode, from: string, count: number, ...matching: string[]): Promise<Scanned> {
  const reply = await node.send(['SCAN', from, 'COUNT', String(count), ...matching])
  const [cursor, keys] = Array.isArray(reply) ? reply : []
  const next = textOf(cursor)
  // To take it for the end would be to take the rest of the sessions for none.
  if (next === null) throw new Error('Redis answered a SCAN without a cursor.')
  return { next, keys: textsOf(keys) }
}

async function scanSessions(
  node: RedisNode,
  from: string,
  count: number,
  keys: Keys,
): Promise<{ ids: string[]; next: string }> {
  // A key of another type would fail the GET that follows, and with it the whole page.
  const { keys: found, next } = await scan(node, from, count, 'MATCH', keys.pattern, 'TYPE', 'string')
  return { ids: found.flatMap((key) => keys.idIn(key) ?? []), next }
}

/**
 * Gives the ids of about `limit` sessions. In a Cluster the masters are walked one after the other, in the
 * order of their addresses; the cursor says on which one, and where on it.
 */
export async function scanIds(
  commands: RedisCommands,
  keys: Keys,
  limit: number,
  cursor: string | undefined,
): Promise<IdPage> {
  const at = cursor?.lastIndexOf('|') ?? -1
  const address = cursor?.slice(0, at) ?? ''
  const nodes = await commands.nodes()
  const index = nodes.findIndex((node) => node.address >= address)
  const node = nodes[index]
  if (node === undefined) return { ids: [] }
  // A master that left the Cluster since the last page: the walk goes on at the one after it, from its start.
  const from = cursor !== undefined && node.address === address ? cursor.slice(at + 1) : '0'
  const { ids, next } = await scanSessions(node, from, limit, keys)
  if (next !== '0') return { ids, cursor: `${node.address}|${next}` }
  const following = nodes[index + 1]
  return following === undefined ? { ids } : { ids, cursor: `${following.address}|0` }
}

/**
 * Counts sessions: exactly on a server of up to 100,000 keys (of whatever kind), else by the share of sessions
 * among 10,000 of its keys, which Redis gives in the order of their hashes and so as good as at random.
 */
export async function countSessions(commands: RedisCommands, keys: Keys): Promise<number> {
  const counts = await Promise.all((await commands.nodes()).map((node) => countOn(node, keys)))
  return counts.reduce((sum, count) => sum + count, 0)
}

async function countOn(node: RedisNode, keys: Keys): Promise<number> {
  const size = Number(await node.send(['DBSIZE']))
  if (size > COUNT_ALL) return estimateOn(node, keys, size)
  // A set, because SCAN may give a key twice.
  const seen = new Set<string>()
  let cursor = '0'
  do {
    const step = await scanSessions(node, cursor, COUNT_STEP, keys)
    for (const id of step.ids) seen.add(id)
    cursor = step.next
  } while (cursor !== '0')
  return seen.size
}

async function estimateOn(node: RedisNode, keys: Keys, size: number): Promise<number> {
  let looked = 0
  let sessions = 0
  let cursor = '0'
  do {
    const step = await scan(node, cursor, COUNT_STEP)
    looked += step.keys.length
    sessions += step.keys.filter((key) => keys.idIn(key) !== undefined).length
    cursor = step.next
  } while (cursor !== '0' && looked < SAMPLE)
  return looked === 0 ? 0 : Math.round((size * sessions) / looked)
}
