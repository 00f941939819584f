import type { SessionRecord } from '../../src/core/record.ts'
import type { MemorySessionStore } from '../../src/stores/memory.ts'
import type { Fault } from './broken-stores.ts'

function allOf(inner: MemorySessionStore): SessionRecord[] {
  return inner.entries({ limit: Number.POSITIVE_INFINITY }).records
}

/** Finds a user's records by comparing every record's user with the one asked for. */
function usersBy(isSame: (stored: string, asked: string) => boolean): Fault {
  return (inner) => {
    const find = (user: string): SessionRecord[] =>
      allOf(inner).filter((record) => record.user !== undefined && isSame(record.user, user))
    return {
      listByUser: find,
      destroyByUser: (user, { except } = {}) => {
        const found = find(user).filter(({ id }) => id !== except)
        for (const { id } of found) inner.destroy(id)
        return found.length
      },
    }
  }
}

/** Faults in the index of users. */
export const userFaults: Record<string, Fault> = {
  'the index keeps what has gone': (inner) => {
    const index = new Map<string, Set<string>>()
    const enter = ({ id, user = '' }: SessionRecord): void => {
      index.set(user, (index.get(user) ?? new Set()).add(id))
    }
    return {
      set: (id, record, options) => {
        enter(record)
        inner.set(id, record, options)
      },
      listByUser: (user) =>
        [...(index.get(user) ?? [])].map((id) => inner.get(id)).filter((record) => record !== null),
    }
  },
  'listByUser gives records without their data': (inner) => ({
    listByUser: (user) => inner.listByUser(user).map((record) => ({ ...record, data: '' })),
  }),
  'listByUser gives the first 1,000': (inner) => ({
    listByUser: (user) => inner.listByUser(user).slice(0, 1_000),
  }),
  'the index has its entries from create and set only': (inner) => {
    const users = new Map<string, string | undefined>()
    return {
      set: (id, record, options) => {
        users.set(id, record.user)
        inner.set(id, record, options)
      },
      listByUser: (user) => allOf(inner).filter(({ id }) => users.get(id) === user),
    }
  },
  'index entries end with their first ttl': (inner, now) => {
    const ends = new Map<string, number>()
    return {
      set: (id, record, options) => {
        ends.set(id, now() + options.ttl)
        inner.set(id, record, options)
      },
      listByUser: (user) => inner.listByUser(user).filter(({ id }) => (ends.get(id) ?? now()) > now()),
    }
  },
  'takes users for equal whose case differs': usersBy((a, b) => a.toLowerCase() === b.toLowerCase()),
  'takes users for equal whose trailing spaces differ': usersBy((a, b) => a.trimEnd() === b.trimEnd()),
  'takes a user for a pattern': usersBy(
    (a, b) => a === b || (b.endsWith('%') && a.startsWith(b.slice(0, -1))),
  ),
  'cuts users at 191 characters': usersBy((a, b) => a.slice(0, 191) === b.slice(0, 191)),
  'ends users at a U+0000': usersBy((a, b) => a.split('\0')[0] === b.split('\0')[0]),
  'keeps users in UTF-8': usersBy((a, b) => Buffer.from(a).equals(Buffer.from(b))),
  'keeps users in an object, which has some names from the start': (inner) => ({
    listByUser: (user) => (user in {} ? [] : inner.listByUser(user)),
  }),
  'takes no user for the user undefined': (inner) => ({
    listByUser: (user) => allOf(inner).filter((record) => String(record.user) === user),
  }),
}

/**
 * An index of users whose entries end with the longest ttl that a record of the user was written with, as a set with a
 * ttl of its own does in Redis: touch moves the record alone.
 */
const endingIndex: Fault = (inner, now) => {
  const ends = new Map<string | undefined, number>()
  const enter = (record: SessionRecord, ttl: number): void => {
    ends.set(record.user, Math.max(ends.get(record.user) ?? 0, now() + ttl))
  }
  return {
    set: (id, record, options) => {
      enter(record, options.ttl)
      inner.set(id, record, options)
    },
    create: (id, record, options) => {
      enter(record, options.ttl)
      return inner.create(id, record, options)
    },
    replace: (id, record, options) => {
      enter(record, options.ttl)
      return inner.replace(id, record, options)
    },
    destroyByUser: (user, options) =>
      (ends.get(user) ?? 0) > now() ? inner.destroyByUser(user, options) : 0,
  }
}

/** Ends a user's records as most people write it: they are listed, and each is ended on its way. */
async function endEach(
  inner: MemorySessionStore,
  user: string,
  except: string | undefined,
  inOrder: (records: SessionRecord[]) => SessionRecord[],
): Promise<number> {
  const found = inOrder(inner.listByUser(user).filter(({ id }) => id !== except))
  for (const { id } of found) {
    await Promise.resolve()
    inner.destroy(id)
  }
  return found.length
}

/** Faults in revoking. */
export const revokeFaults: Record<string, Fault> = {
  'destroyByUser ignores except': (inner) => ({ destroyByUser: (user) => inner.destroyByUser(user) }),
  'destroyByUser counts what it spares': (inner) => ({
    destroyByUser: (user, options) => {
      const count = inner.listByUser(user).length
      inner.destroyByUser(user, options)
      return count
    },
  }),
  'destroyByUser takes any except for one of the user': (inner) => ({
    destroyByUser: (user, options) =>
      inner.destroyByUser(user, options) - (options?.except === undefined ? 0 : 1),
  }),
  'destroyByUser stops after 500': (inner) => ({
    destroyByUser: (user, { except } = {}) => {
      const found = inner.listByUser(user).filter(({ id }) => id !== except)
      for (const { id } of found.slice(0, 500)) inner.destroy(id)
      return found.length
    },
  }),
  'destroyByUser ends the first 1,000': (inner) => ({
    destroyByUser: (user, { except } = {}) => {
      const found = inner.listByUser(user).slice(0, 1_000)
      const ended = found.filter(({ id }) => id !== except)
      for (const { id } of ended) inner.destroy(id)
      return ended.length
    },
  }),
  'destroyByUser ends those too whose user begins like this one': (inner) => ({
    destroyByUser: (user, options) => {
      const count = inner.destroyByUser(user, options)
      for (const record of allOf(inner)) {
        if (user !== '' && record.user?.startsWith(user) && record.id !== options?.except)
          inner.destroy(record.id)
      }
      return count
    },
  }),
  'destroyByUser lists, then ends one after the other': (inner) => ({
    destroyByUser: (user, { except } = {}) => endEach(inner, user, except, (records) => records),
  }),
  'destroyByUser lists, then ends one after the other from the last': (inner) => ({
    destroyByUser: (user, { except } = {}) => endEach(inner, user, except, (records) => records.toReversed()),
  }),
  "what destroyByUser goes by ends with a user's first ttl": endingIndex,
  'destroyByUser counts the dead': (inner) => {
    const ids = new Map<string, string | undefined>()
    return {
      set: (id, record, options) => {
        ids.set(id, record.user)
        inner.set(id, record, options)
      },
      create: (id, record, options) => {
        ids.set(id, record.user)
        return inner.create(id, record, options)
      },
      destroyByUser: (user, { except } = {}) => {
        const found = [...ids].filter(([id, owner]) => owner === user && id !== except)
        for (const [id] of found) {
          ids.delete(id)
          inner.destroy(id)
        }
        return found.length
      },
    }
  },
}

/** Walks in an order that writes change, each page beginning behind the last record of the one before. */
function walksBy(order: (a: Place, b: Place) => number): Fault {
  const compare = (a: Place, b: Place): number => order(a, b) || (a.id < b.id ? -1 : a.id === b.id ? 0 : 1)
  return (inner) => ({
    entries: ({ cursor, limit = 100 } = {}) => {
      const from: Place | undefined = cursor === undefined ? undefined : JSON.parse(cursor)
      const rest = allOf(inner)
        .toSorted(compare)
        .filter((record) => from === undefined || compare(record, from) > 0)
      const records = rest.slice(0, limit)
      const last = records.at(-1)
      return rest.length > limit ? { records, cursor: JSON.stringify(last) } : { records }
    },
  })
}

type Place = Pick<SessionRecord, 'id' | 'touchedAt'>

/** Faults in walking, counting and shutting down. */
export const walkFaults: Record<string, Fault> = {
  'entries skips by number': (inner) => ({
    entries: ({ cursor = '0', limit = 100 } = {}) => {
      const from = Number(cursor)
      const all = allOf(inner)
      const records = all.slice(from, from + limit)
      return from + limit < all.length ? { records, cursor: String(from + limit) } : { records }
    },
  }),
  'entries goes from the last used to the longest unused': walksBy((a, b) => b.touchedAt - a.touchedAt),
  'entries goes from the longest unused to the last used': walksBy((a, b) => a.touchedAt - b.touchedAt),
  'entries gives all at once': (inner) => ({ entries: () => ({ records: allOf(inner) }) }),
  'entries drops the last page': (inner) => ({
    entries: (options) => {
      const page = inner.entries(options)
      return page.cursor === undefined ? { records: [] } : page
    },
  }),
  'entries never ends': (inner) => ({
    entries: (options) => ({ cursor: '0', ...inner.entries(options) }),
  }),
  'entries gives records without their data': (inner) => ({
    entries: (options) => {
      const page = inner.entries(options)
      return { ...page, records: page.records.map((record) => ({ ...record, data: '' })) }
    },
  }),
  'entries and count take the dead for living': (inner) => {
    const written = new Map<string, SessionRecord>()
    return {
      set: (id, record, options) => {
        written.set(id, record)
        inner.set(id, record, options)
      },
      destroy: (id) => {
        written.delete(id)
        inner.destroy(id)
      },
      entries: () => ({ records: [...written.values()] }),
      count: () => written.size,
    }
  },
  'dispose works once': () => {
    let disposed = false
    return {
      dispose: () => {
        if (disposed) throw new Error('closed already')
        disposed = true
      },
    }
  },
}
