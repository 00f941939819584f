import { setTimeout as delay } from 'node:timers/promises'
import type { DynamoDB } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSessions, type Sessions } from '../../../src/core/sessions.ts'
import { type DynamoDbClient, DynamoDbSessionStore } from '../../../src/stores/dynamodb.ts'
import { startTcpProxy, type TcpProxy } from '../../servers/tcp-proxy.ts'
import { Visitor, type VisitorData } from '../visitor.ts'
import { serveDynamoDb } from './served.ts'
import { watchedClient } from './watched-client.ts'

const served = serveDynamoDb((client) => new DynamoDbSessionStore(client).migrate())

let proxy: TcpProxy
let cut: DynamoDB
let sessions: Sessions<VisitorData>
let elsewhere: Sessions<VisitorData>
/** Which request is sent, and its answer lost, at the next time. */
let toCut: (method: string, input: string) => boolean
let isLost: boolean

beforeEach(async () => {
  proxy = await startTcpProxy(served.server.port)
  cut = served.server.client({ port: proxy.port, maxAttempts: 8 })
  sessions = sessionsOn(losing(cut))
  elsewhere = sessionsOn(served.client)
  toCut = () => false
  isLost = false
})
afterEach(async () => {
  cut.destroy()
  await proxy.close()
})

function sessionsOn(client: DynamoDbClient): Sessions<VisitorData> {
  const store = new DynamoDbSessionStore(client)
  return createSessions<VisitorData>({
    secret: 'a secret of these tests: 0123456789',
    store,
    storeTimeout: '20s',
  })
}

function losing(client: DynamoDB): DynamoDbClient {
  return watchedClient(client, (operation, input) => {
    if (!isLost && toCut(operation, JSON.stringify(input))) {
      isLost = true
      proxy.set({ kind: 'cut' })
    }
    return undefined
  })
}

/** Does the work of a request with one answer lost, and something else before the SDK sends it again. */
async function withReplyLost<T>(
  lost: typeof toCut,
  work: () => Promise<T>,
  meanwhile: () => unknown = () => {},
): Promise<T> {
  toCut = lost
  const { connections } = proxy
  const working = work()
  // The SDK comes back on a connection of its own, and is cut off again for as long as this lasts.
  while (!isLost || proxy.connections <= connections + 1) await delay(2)
  await meanwhile()
  proxy.set({ kind: 'pass' })
  return working
}

const isReplace: typeof toCut = (method, input) => method === 'updateItem' && input.includes(':new_data')
const isEnd: typeof toCut = (method, input) => method === 'updateItem' && input.includes('REMOVE #data')

test('of an update, whose request the SDK sends again: it counts once, also when others wrote meanwhile [P3]', async () => {
  const visitor = new Visitor(sessions)
  await visitor.visit((session) => {
    session.count = 0
  })
  const count = (by: Sessions<VisitorData>): Promise<unknown> =>
    new Visitor(by, visitor.cookie).visit((session) =>
      session.update((draft) => {
        draft.count = (draft.count ?? 0) + 1
      }),
    )
  await withReplyLost(
    isReplace,
    () => count(sessions),
    async () => {
      for (let i = 0; i < 3; i++) await count(elsewhere)
    },
  )
  expect(await new Visitor(elsewhere, visitor.cookie).visit((session) => session.count)).toBe(4)
})

test('of the end of the old id: the login stands [P2] [P5]', async () => {
  const visitor = new Visitor(sessions)
  await visitor.visit((session) => {
    session.cart = ['coat']
  })
  const before = visitor.twin()
  await withReplyLost(isEnd, () =>
    visitor.visit((session) => {
      session.userId = 'ann'
    }),
  )
  expect(await new Visitor(elsewhere, visitor.cookie).visit((session) => session.toJSON())).toEqual({
    cart: ['coat'],
    userId: 'ann',
  })
  expect(await new Visitor(elsewhere, before.cookie).visit((session) => session.toJSON())).toEqual({})
})

test('of a new session: it is there, once [P2]', async () => {
  const visitor = new Visitor(sessions)
  await withReplyLost(
    (method, input) => method === 'putItem' && input.includes('session#'),
    () =>
      visitor.visit((session) => {
        session.userId = 'eve'
      }),
  )
  expect(await elsewhere.user('eve').list()).toHaveLength(1)
  expect(await new Visitor(elsewhere, visitor.cookie).visit((session) => session.userId)).toBe('eve')
})

test('of an update that a login has taken along to a new id meanwhile: it counts once [P3]', async () => {
  const visitor = new Visitor(sessions)
  await visitor.visit((session) => {
    session.count = 0
  })
  const slow = new Visitor(sessions, visitor.cookie)
  const signedIn = new Visitor(elsewhere, visitor.cookie)
  const told = await withReplyLost(
    isReplace,
    () =>
      slow.visit((session) =>
        session.update((draft) => {
          draft.count = (draft.count ?? 0) + 1
        }),
      ),
    () =>
      signedIn.visit((session) => {
        session.userId = 'ann'
      }),
  )
  expect(told).toBe(true)
  expect(await signedIn.visit((session) => session.count)).toBe(1)
})

test('of a revocation: who is revoked is logged out [P4]', async () => {
  const visitor = new Visitor(sessions)
  await visitor.visit((session) => {
    session.userId = 'bob'
  })
  await withReplyLost(isEnd, () => sessions.user('bob').revoke())
  expect(await new Visitor(elsewhere, visitor.cookie).visit((session) => session.userId)).toBeUndefined()
  expect(await elsewhere.user('bob').list()).toEqual([])
})

const ENDS: Record<string, (visitor: Visitor) => Promise<unknown>> = {
  'destroy()': (visitor) => visitor.visit((session) => session.destroy()),
  'clear()': (visitor) => visitor.visit((session) => session.clear()),
  'regenerate()': (visitor) => visitor.visit((session) => session.regenerate()),
  'revoke(id)': async (visitor) => elsewhere.revoke(await visitor.visit((session) => session.id)),
  'user().revoke()': () => elsewhere.user('zoe').revoke(),
}

test.each(Object.entries(ENDS))(
  'a request that the SDK gave up and sent again comes when the session has ended by %s, and brings nothing back [P4]',
  async (_how, end) => {
    let first: object | undefined
    const watched = watchedClient(served.client, (operation, input) => {
      if (operation === 'putItem' && JSON.stringify(input).includes('session#')) first ??= input
      return undefined
    })
    const visitor = new Visitor(sessionsOn(watched))
    await visitor.visit((session) => {
      session.userId = 'zoe'
    })
    const before = visitor.twin()
    await end(visitor)
    await expect(Reflect.apply(served.client.putItem, served.client, [first])).rejects.toThrow(
      'conditional request failed',
    )
    expect(await before.visit((session) => session.toJSON())).toEqual({})
  },
)
