import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSessions } from '../../../src/core/sessions.ts'
import { RedisSessionStore } from '../../../src/stores/redis.ts'
import { newId } from '../../../src/testing/sample-records.ts'
import { request } from '../../faults/traffic.ts'
import type { RedisServer } from '../../servers/redis.ts'
import { type RedisCluster, startRedisCluster } from '../../servers/redis-cluster.ts'
import { type OpenClient, openIoRedisCluster, openNodeRedisCluster } from './clients.ts'
import { HOUR, recordOf } from './records.ts'

const LAST_SLOT_OF_SOURCE = 5460

let cluster: RedisCluster
let source: RedisServer
let target: RedisServer

beforeAll(async () => {
  cluster = await startRedisCluster()
  const [first, second] = cluster.nodes
  if (first === undefined || second === undefined) throw new Error('There are three.')
  source = first
  target = second
})
afterAll(() => cluster.stop())

async function slotOf(id: string): Promise<number> {
  return Number(await source.ask('CLUSTER', 'KEYSLOT', `coatcheck:session:${id}`))
}

/** Begins to move a slot from the source to the target, as `redis-cli --cluster reshard` does. */
async function beginToMove(slot: number): Promise<void> {
  const [from, to] = await Promise.all([source.ask('CLUSTER', 'MYID'), target.ask('CLUSTER', 'MYID')])
  await target.ask('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', String(from))
  await source.ask('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', String(to))
}

/** Moves the keys of the slot. The slot itself stays on its way. */
async function moveKeys(slot: number): Promise<void> {
  const keys = await source.ask('CLUSTER', 'GETKEYSINSLOT', String(slot), '100')
  for (const key of Array.isArray(keys) ? keys.map(String) : [])
    await source.ask('MIGRATE', '127.0.0.1', String(target.port), key, '0', '5000')
}

/** Leaves the slot with the source. */
async function callOff(slot: number): Promise<void> {
  for (const node of [target, source]) await node.ask('CLUSTER', 'SETSLOT', String(slot), 'STABLE')
}

describe.each(Object.entries({ 'node-redis': openNodeRedisCluster, ioredis: openIoRedisCluster }))(
  'a slot on its way to another node of a Cluster, with %s',
  (_name, open) => {
    let client: OpenClient
    let store: RedisSessionStore
    let slot: number
    beforeAll(async () => {
      client = await open(cluster)
      store = new RedisSessionStore(client.client)
    })
    beforeEach(() => Promise.all(cluster.nodes.map((node) => node.ask('SCRIPT', 'FLUSH'))))
    afterEach(() => callOff(slot))
    afterAll(() => client.close())

    /** Makes sessions until one has its key at the source. Gives what `make` gave for that one. */
    async function atSource<T>(make: () => Promise<{ id: string; made: T }>): Promise<T> {
      for (;;) {
        const { id, made } = await make()
        slot = await slotOf(id)
        if (slot <= LAST_SLOT_OF_SOURCE) return made
      }
    }

    function create(revision: number): Promise<string> {
      return atSource(async () => {
        const id = newId()
        await store.create(id, recordOf(id, { user: 'ann', revision }), { ttl: HOUR })
        return { id, made: id }
      })
    }

    const end = (id: string): Promise<string> => store.replace(id, recordOf(id), { ttl: 0, revision: 1 })

    describe.each([
      ['still at its source', async () => {}],
      ['already at its target', moveKeys],
    ])('a session in it, %s', (_place, move) => {
      test('is ended by who has its revision, once', async () => {
        const id = await create(1)
        await beginToMove(slot)
        await move(slot)
        expect(await end(id)).toBe('written')
        expect(await store.get(id)).toBeNull()
        expect((await store.listByUser('ann')).map((record) => record.id)).not.toContain(id)
        expect(await end(id)).toBe('missing')
      })

      test('is left to who has changed it [P3]', async () => {
        const id = await create(2)
        await beginToMove(slot)
        await move(slot)
        expect(await end(id)).toBe('conflict')
        expect(await store.get(id)).toMatchObject({ revision: 2 })
        await store.destroy(id)
      })

      test('gets a new id at login, and the old one is dead [P5]', async () => {
        const secret = 'a secret of these tests: 0123456789'
        const sessions = createSessions({ secret, store, storeTimeout: '10s' })
        const cookie = await atSource(async () => {
          let id = ''
          const made = await request(sessions, '', (session) => {
            session.cart = ['coat']
            id = session.id
          })
          return { id, made }
        })
        await beginToMove(slot)
        await move(slot)
        const fresh = await request(sessions, cookie, (session) => {
          session.userId = 'bob'
        })
        await request(sessions, fresh, (session) =>
          expect(session.toJSON()).toEqual({ cart: ['coat'], userId: 'bob' }),
        )
        await request(sessions, cookie, (session) => expect(session.toJSON()).toEqual({}))
      })
    })
  },
)
