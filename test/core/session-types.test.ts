import { describe, expectTypeOf, test } from 'vitest'
import * as zod from 'zod'
import type { SessionEvents } from '../../src/core/events.ts'
import type { ReadonlySession, Session } from '../../src/core/session.ts'
import type { DefaultData } from '../../src/core/session-data.ts'
import { createSessions, type Sessions } from '../../src/core/sessions.ts'
import type { ReservedKey, StorableData } from '../../src/core/storable-data.ts'
import type { SessionSummary } from '../../src/core/user-sessions.ts'
import { MemorySessionStore } from '../../src/stores/memory.ts'
import { SECRET } from '../engine/start.ts'

// Checked by tsc, which is part of the test command: a wrong type here does not compile, and an
// '@ts-expect-error' over a line that compiles does not either.

interface Data {
  userId: string
  count: number
  cart: { items: string[] }
}

const base = { secret: SECRET, store: new MemorySessionStore() }

/** Never run: the calls in it are for the compiler alone. */
function compileOnly(_check: () => unknown): void {}

describe('a session of described data', () => {
  test('has every key as what it is or undefined, to read and to write', () => {
    expectTypeOf<Session<Data>['count']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<Session<Data>['cart']>().toEqualTypeOf<{ items: string[] } | undefined>()
    compileOnly(() => {
      const session = sessionOf<Data>()
      session.count = 1
      session.count = undefined
      delete session.count
      session.cart?.items.push('hat')
      // @ts-expect-error a text is no number
      session.count = '1'
      // @ts-expect-error nobody described this key
      session.unknown = 1
      // @ts-expect-error nor is it there to read
      return session.unknown
    })
  })

  test('has get, set and has that know the keys and their types', () => {
    compileOnly(() => {
      const session = sessionOf<Data>()
      expectTypeOf(session.get('count')).toEqualTypeOf<number | undefined>()
      expectTypeOf(session.has('cart')).toEqualTypeOf<boolean>()
      session.set('count', 2)
      // @ts-expect-error a text is no number
      session.set('count', '2')
      // @ts-expect-error no such key
      session.get('cuont')
      // @ts-expect-error no such key
      return session.has('cuont')
    })
  })

  test('has set take undefined, as the property does', () => {
    compileOnly(() => sessionOf<Data>().set('count', undefined))
  })

  test('of one of several kinds has verbs that know the keys of each', () => {
    interface Guest {
      kind: 'guest'
      cart: string[]
    }
    interface Member {
      kind: 'member'
      userId: string
      cart: number
    }
    compileOnly(() => {
      const session = sessionOf<Guest | Member>()
      expectTypeOf(session.get('kind')).toEqualTypeOf<'guest' | 'member' | undefined>()
      expectTypeOf(session.get('userId')).toEqualTypeOf<string | undefined>()
      expectTypeOf(session.get('cart')).toEqualTypeOf<string[] | number | undefined>()
      session.set('userId', 'ann')
      session.has('userId')
      session.regenerate({ keep: ['userId', 'cart'] })
      session.regenerate(['userId'])
      // @ts-expect-error no kind has this key
      session.get('name')
      // @ts-expect-error in no kind is it a number
      session.set('userId', 1)
      // @ts-expect-error nor is it there to be kept
      session.regenerate(['name'])
      // @ts-expect-error nor to be asked for
      return session.has('name')
    })
  })

  test('of a type that is not known yet has its known keys got and set', () => {
    compileOnly(() => {
      function count<Some extends { count: number }>(session: Session<Some>): Some['count'] | undefined {
        session.set('count', session.get('count'))
        return session.get('count')
      }
      return count
    })
  })

  test('has verbs that cannot be written and answer what they promise', () => {
    expectTypeOf<Session<Data>['id']>().toEqualTypeOf<string>()
    expectTypeOf<Session<Data>['toJSON']>().returns.toEqualTypeOf<Partial<Data>>()
    expectTypeOf<Session<Data>['update']>().returns.toEqualTypeOf<Promise<boolean>>()
    compileOnly(() => {
      const session = sessionOf<Data>()
      expectTypeOf(session.save()).toEqualTypeOf<Promise<void>>()
      expectTypeOf(session.save(() => {})).toEqualTypeOf<void>()
      expectTypeOf(session.destroy()).toEqualTypeOf<Promise<void>>()
      expectTypeOf(session.regenerate({ keep: ['cart'] })).toEqualTypeOf<Promise<void>>()
      expectTypeOf(session.regenerate((_error?: unknown) => {})).toEqualTypeOf<void>()
      session.destroy((error) => expectTypeOf(error).toEqualTypeOf<Error | undefined>())
      session.regenerate({ keep: true })
      session.regenerate(['cart'])
      // @ts-expect-error keep is true or a list of keys
      session.regenerate({ keep: false })
      // @ts-expect-error no such key
      session.regenerate({ keep: ['crat'] })
      // @ts-expect-error nor in a bare list
      session.regenerate(['crat'])
      // @ts-expect-error the id is the engine's
      session.id = 'mine'
      // @ts-expect-error so is the verb
      session.save = () => {}
    })
  })

  test('has an update whose draft is the data', () => {
    compileOnly(() =>
      sessionOf<Data>().update((draft) => {
        expectTypeOf(draft).toEqualTypeOf<Partial<Data>>()
        draft.count = (draft.count ?? 0) + 1
        // @ts-expect-error a text is no number
        draft.count = 'x'
      }),
    )
  })
})

describe('reserved keys', () => {
  test('are the verbs, __proto__ and constructor', () => {
    expectTypeOf<ReservedKey>().toEqualTypeOf<
      | 'id'
      | 'isNew'
      | 'createdAt'
      | 'expiresAt'
      | 'has'
      | 'get'
      | 'set'
      | 'clear'
      | 'regenerate'
      | 'destroy'
      | 'save'
      | 'reload'
      | 'touch'
      | 'update'
      | 'toJSON'
      | '__proto__'
      | 'constructor'
    >()
  })

  test('do not compile as keys of the data', () => {
    expectTypeOf<StorableData<{ save: string; a: number }>>().toEqualTypeOf<{
      save: never
      a: number
    }>()
    compileOnly(() => {
      createSessions<Data>(base)
      // @ts-expect-error save is a verb
      createSessions<{ save: string }>(base)
      // @ts-expect-error id is the engine's
      createSessions<{ userId: string; id: number }>(base)
      // @ts-expect-error also when it is optional
      return createSessions<{ touch?: string }>(base)
    })
  })

  test('leave nothing of a session where SessionData has one', () => {
    expectTypeOf<Session<StorableData<{ id: string; a: number }>>>().toBeNever()
  })
})

describe('values that JSON cannot hold', () => {
  test('do not compile as what a key has, also where it may have something else', () => {
    compileOnly(() => {
      // @ts-expect-error a Map would be written as {}
      createSessions<{ cart: Map<string, number> }>(base)
      // @ts-expect-error so would a Set
      createSessions<{ tags?: ReadonlySet<string> | null }>(base)
      // @ts-expect-error JSON has no bigint
      createSessions<{ balance: number | bigint }>(base)
      // @ts-expect-error nor functions
      createSessions<{ greet: (name: string) => string }>(base)
      // @ts-expect-error nor symbols
      createSessions<{ kind: symbol }>(base)
      // @ts-expect-error a promise would be written as {}
      return createSessions<{ later: Promise<string> }>(base)
    })
  })

  test('leave all other values as they are', () => {
    interface Node {
      name: string
      below: Node[]
    }
    type All = {
      tree: Node
      any: DefaultData[string]
      unknown: unknown
      at: Date
      list: [1, 'a']
      none: null
    }
    expectTypeOf<StorableData<All>>().toEqualTypeOf<All>()
    compileOnly(() => createSessions<All>(base))
  })
})

describe('a manager', () => {
  test('takes its data from the type argument, or from the schema', () => {
    compileOnly(() => {
      expectTypeOf(createSessions<Data>(base)).toEqualTypeOf<Sessions<Data>>()
      const schema = zod.object({ userId: zod.string(), visits: zod.number().default(0) })
      expectTypeOf(createSessions({ ...base, schema })).toEqualTypeOf<
        Sessions<{ userId: string; visits: number }>
      >()
    })
  })

  test('of nobody’s description takes anything', () => {
    expectTypeOf<DefaultData>().toBeObject()
    compileOnly(() => {
      const session = sessionOf()
      session.anything = 1
      session.other = { deep: [true] }
      return session.anything
    })
  })

  test('gives the user function the data, part by part', () => {
    compileOnly(() =>
      createSessions<Data>({
        ...base,
        user: (data) => {
          expectTypeOf(data).toEqualTypeOf<Partial<Data>>()
          return data.userId
        },
      }),
    )
  })

  test('takes durations with their units, and no others', () => {
    compileOnly(() => {
      createSessions({ ...base, idleTimeout: '30m', absoluteTimeout: 3_600_000, storeTimeout: '1.5s' })
      // @ts-expect-error weeks are no unit
      createSessions({ ...base, idleTimeout: '2w' })
      // @ts-expect-error a number without a unit is no duration
      return createSessions({ ...base, idleTimeout: '30' })
    })
  })

  test('takes no option it does not know, and no cookie that page scripts could read', () => {
    compileOnly(() => {
      createSessions({ ...base, secret: [SECRET, undefined, process.env.OLD] })
      // @ts-expect-error misspelt
      createSessions({ ...base, idleTimeOut: '30m' })
      // @ts-expect-error always HttpOnly
      createSessions({ ...base, cookie: { httpOnly: false } })
      // @ts-expect-error an unknown policy
      createSessions({ ...base, cookie: { sameSite: 'Lax' } })
      // @ts-expect-error a secret is needed
      createSessions({ store: base.store })
      // @ts-expect-error the first of a list of secrets is needed
      return createSessions({ ...base, secret: [] })
    })
  })

  test('tells each event with what belongs to it', () => {
    compileOnly(() => {
      const sessions = createSessions<Data>(base)
      sessions.on('missed', (event) => expectTypeOf(event).toEqualTypeOf<SessionEvents['missed']>())
      sessions.on('regenerated', ({ previousId }) => expectTypeOf(previousId).toEqualTypeOf<string>())
      expectTypeOf(sessions.on('created', () => {})).toEqualTypeOf<() => void>()
      // @ts-expect-error no such event
      return sessions.on('login', () => {})
    })
  })

  test('lists a user’s sessions with the data they have', () => {
    compileOnly(() => {
      const listed = createSessions<Data>(base).user(7).list()
      expectTypeOf(listed).toEqualTypeOf<Promise<SessionSummary<Data>[]>>()
    })
  })
})

describe('a session for looking at only', () => {
  test('has no verb that changes it, and no key that can be written', () => {
    expectTypeOf<keyof ReadonlySession<Data>>().toEqualTypeOf<
      'id' | 'isNew' | 'createdAt' | 'expiresAt' | 'has' | 'get' | 'toJSON' | keyof Data
    >()
    compileOnly(async () => {
      const session = await createSessions<Data>(base).read('sid=x')
      expectTypeOf(session.count).toEqualTypeOf<number | undefined>()
      // @ts-expect-error it cannot be written
      session.count = 1
      // @ts-expect-error nor saved
      session.save()
    })
  })
})

declare function sessionOf<Data extends object = DefaultData>(): Session<Data>
