import type { RedisNode } from './commands.ts'

/** Tells whether there is a node for each owner of slots, and an owner at all. */
export function hasAll(nodes: readonly RedisNode[], owners: readonly string[]): boolean {
  return owners.length > 0 && missing(nodes, owners).length === 0
}

/**
 * Gives the masters of a Cluster, sorted by address.
 * @param owners - The addresses of those that hold slots, where a driver may have lost some of them.
 * @throws {Error} one of them is missing, or there is none: who passes over a master takes its sessions for none.
 */
export function allMasters(nodes: readonly RedisNode[], owners: readonly string[] = []): RedisNode[] {
  if (nodes.length === 0) {
    throw new Error(
      'The client knows no master of the Redis Cluster, so that sessions can be neither walked nor counted. Connect it first: with node-redis call `await client.connect()` before the first request.',
    )
  }
  const lost = missing(nodes, owners)
  if (lost.length > 0) {
    throw new Error(
      `The client is to be connected to every master of the Redis Cluster to walk or count sessions, and has lost ${lost.join(', ')}. See that the Cluster is whole, and ask again.`,
    )
  }
  return nodes.toSorted((a, b) => (a.address < b.address ? -1 : 1))
}

function missing(nodes: readonly RedisNode[], owners: readonly string[]): string[] {
  const there = new Set(nodes.map(({ address }) => address))
  return owners.filter((owner) => !there.has(owner))
}
