import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSessions, type Sessions } from '../../../src/core/sessions.ts'
import { CREATE, DESTROY_OF_USER } from '../../../src/stores/redis/record-scripts.ts'
import { type RedisClient, RedisSessionStore } from '../../../src/stores/redis.ts'
import { request } from '../../faults/traffic.ts'
import { startRedis } from '../../servers/redis.ts'
import { startRedisCluster } from '../../servers/redis-cluster.ts'
import * as clients from './clients.ts'
import { holdWhere, keyOf, passing, runs } from './held-client.ts'

const USER_KEY = 'coatcheck:user:ann'

function sessionsOn(client: RedisClient): Sessions {
  const store = new RedisSessionStore(client)
  return createSessions({ secret: 'a secret of these tests: 0123456789', store, storeTimeout: '10s' })
}

async function userBehind(sessions: Sessions, cookie: string): Promise<unknown> {
  let user: unknown
  await request(sessions, cookie, (session) => {
    user = session.userId
  })
  return user
}

/** Runs the races between a revocation and a visitor, each in a process of its own as far as Redis can tell. */
function revokes<Server extends { stop(): Promise<void> }>(
  topology: string,
  start: () => Promise<Server>,
  drivers: Record<string, (server: Server) => Promise<clients.OpenClient>>,
): void {
  describe.each(Object.entries(drivers))(`a revocation on ${topology}, with %s`, (_name, open) => {
    let server: Server
    let ours: clients.OpenClient
    let theirs: clients.OpenClient
    let elsewhere: Sessions

    beforeAll(async () => {
      server = await start()
    })
    beforeEach(async () => {
      ours = await open(server)
      theirs = await open(server)
      elsewhere = sessionsOn(theirs.client)
      await elsewhere.user('ann').revoke()
    })
    afterEach(async () => {
      await ours.close()
      await theirs.close()
    })
    afterAll(() => server.stop())

    const logIn = (): Promise<string> =>
      request(elsewhere, '', (session) => {
        session.userId = 'ann'
      })
    const regenerate = (by: Sessions, cookie: string): Promise<string> =>
      request(by, cookie, (session) => session.regenerate({ keep: true }))

    test('ends a session that is given a new id after the ids were read [P4]', async () => {
      const cookie = await logIn()
      const gate = holdWhere(ours.client, (command) => runs(DESTROY_OF_USER, command))
      const revoking = sessionsOn(gate.client).user('ann').revoke()
      await gate.reached
      const waits = Promise.withResolvers<void>()
      let asked = 0
      const client = passing(theirs.client, (command) => {
        // The first may be a script that this server does not know yet, and has to be sent again in any case.
        if (keyOf(command) === USER_KEY && ++asked === 3) waits.resolve()
      })
      const regenerating = regenerate(sessionsOn(client), cookie)
      await Promise.race([waits.promise, regenerating])
      gate.release()
      expect(await revoking).toBe(1)
      const fresh = await regenerating
      for (const each of [cookie, fresh]) expect(await userBehind(elsewhere, each)).toBeUndefined()
      expect(await elsewhere.user('ann').list()).toEqual([])
    })

    test('ends a session whose new record is written after it was looked for [P4]', async () => {
      const cookie = await logIn()
      const [{ id: oldId } = { id: '' }] = await elsewhere.user('ann').list()
      const creating = holdWhere(theirs.client, (command) => runs(CREATE, command))
      const regenerating = regenerate(sessionsOn(creating.client), cookie)
      const freshKey = keyOf(await creating.reached)
      const ending = holdWhere(
        ours.client,
        (command) => runs(DESTROY_OF_USER, command) && keyOf(command).endsWith(oldId),
      )
      const looked = Promise.withResolvers<unknown>()
      const sendCommand = async (command: string[]): Promise<unknown> => {
        const reply = await ending.client.sendCommand(command)
        if (keyOf(command) === freshKey) looked.resolve(reply)
        return reply
      }
      const revoking = sessionsOn({ isOpen: true, sendCommand }).user('ann').revoke()
      await ending.reached
      expect(await looked.promise).toBe(0)
      creating.release()
      const fresh = await regenerating
      expect(await userBehind(elsewhere, fresh)).toBe('ann')
      ending.release()
      expect(await revoking).toBe(1)
      for (const each of [cookie, fresh]) expect(await userBehind(elsewhere, each)).toBeUndefined()
    })

    test('may run beside another one: both end, and the user can log in again', async () => {
      const cookies = await Promise.all(Array.from({ length: 20 }, logIn))
      const gate = holdWhere(ours.client, (command) => runs(DESTROY_OF_USER, command))
      const revoking = sessionsOn(gate.client).user('ann').revoke()
      await gate.reached
      const second = await elsewhere.user('ann').revoke()
      gate.release()
      expect((await revoking) + second).toBe(20)
      for (const cookie of cookies) expect(await userBehind(elsewhere, cookie)).toBeUndefined()
      expect(await userBehind(elsewhere, await logIn())).toBe('ann')
    })

    test('spares the session it is to spare, also one that is given a new id meanwhile', async () => {
      const [cookie, doomed] = [await logIn(), await logIn()]
      let id = ''
      await request(elsewhere, cookie, (session) => {
        id = session.id
      })
      const gate = holdWhere(ours.client, (command) => runs(DESTROY_OF_USER, command))
      const revoking = sessionsOn(gate.client).user('ann').revoke({ except: id })
      await gate.reached
      const regenerating = regenerate(elsewhere, cookie)
      gate.release()
      expect(await revoking).toBe(1)
      expect(await userBehind(elsewhere, await regenerating)).toBe('ann')
      expect(await userBehind(elsewhere, doomed)).toBeUndefined()
    })
  })
}

revokes('one server', startRedis, {
  ...clients.DRIVERS,
  'the REST interface': clients.openRest,
})
revokes('a Cluster', startRedisCluster, {
  'node-redis': clients.openNodeRedisCluster,
  ioredis: clients.openIoRedisCluster,
})
