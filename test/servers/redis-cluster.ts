import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { type RedisServer, startRedis } from './redis.ts'

/** A Redis Cluster of three masters on loopback. */
export interface RedisCluster {
  /** The masters, by the slots they hold: the first third, the second, the last. */
  readonly nodes: readonly RedisServer[]
  /** Ends all nodes and removes their data. */
  stop(): Promise<void>
}

const SLOT_RANGES = [
  ['0', '5460'],
  ['5461', '10922'],
  ['10923', '16383'],
] as const

async function startNode(): Promise<RedisServer> {
  // The bus port is given because its default, port + 10000, may be taken.
  const busPort = await freePort()
  return startRedis({
    durable: true, // so that a node that was killed comes back with its keys
    args: [
      ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-port', String(busPort)],
      ...['--cluster-require-full-coverage', 'no'],
      // Nodes of the cluster that are loading or alone answer for their own slots as soon as they can.
      ...['--cluster-allow-reads-when-down', 'no'],
    ],
  })
}

async function busPortOf(node: RedisServer): Promise<string> {
  const reply = await node.ask('CONFIG', 'GET', 'cluster-port')
  const [value] = Array.isArray(reply) ? reply.slice(1) : Object.values(Object(reply))
  return String(value)
}

async function allAgree(nodes: readonly RedisServer[]): Promise<boolean> {
  const infos = await Promise.all(nodes.map((node) => node.ask('CLUSTER', 'INFO')))
  // Its state is ok before it has heard of the others' slots, since full coverage is not required.
  const signs = [/cluster_state:ok/, /cluster_known_nodes:3\b/, /cluster_slots_ok:16384\b/]
  return infos.every((info) => signs.every((sign) => sign.test(String(info))))
}

/** Starts three masters and joins them into a cluster, ready when each of them knows all slots as served. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all(SLOT_RANGES.map(startNode))
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()))
  }
  try {
    await Promise.all(nodes.map((node, i) => node.ask('CLUSTER', 'ADDSLOTSRANGE', ...(SLOT_RANGES[i] ?? []))))
    await Promise.all(nodes.map((node, i) => node.ask('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1))))
    const [first, ...others] = nodes
    for (const other of others) {
      await first?.ask('CLUSTER', 'MEET', '127.0.0.1', String(other.port), await busPortOf(other))
    }
    const deadline = performance.now() + 15_000
    while (!(await allAgree(nodes))) {
      if (performance.now() > deadline) throw new Error('The cluster did not come together within 15 s.')
      await delay(20)
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { nodes, stop }
}
