import type { SessionRecord } from '../../src/core/record.ts'
import type { ReplaceOptions, SessionStore, TouchOptions, WriteOptions } from '../../src/core/store.ts'
import type { MemorySessionStore } from '../../src/stores/memory.ts'

/** Gives a store that is the inner one, but for some methods. */
export type Fault = (inner: MemorySessionStore, now: () => number) => Partial<SessionStore>

/** Puts a fault into a store. */
export function withFault(inner: MemorySessionStore, now: () => number, fault: Fault): SessionStore {
  return {
    get: (id) => inner.get(id),
    set: (id, record, options) => inner.set(id, record, options),
    destroy: (id) => inner.destroy(id),
    create: (id, record, options) => inner.create(id, record, options),
    replace: (id, record, options) => inner.replace(id, record, options),
    touch: (id, options) => inner.touch(id, options),
    listByUser: (user) => inner.listByUser(user),
    destroyByUser: (user, options) => inner.destroyByUser(user, options),
    entries: (options) => inner.entries(options),
    count: () => inner.count(),
    ...fault(inner, now),
  }
}

/** One turn of the event loop's ready work: where another client's call gets in between. */
const gap = (): Promise<void> => Promise.resolve()

const blank: SessionRecord = { id: '', data: '{}', revision: 1, createdAt: 0, touchedAt: 0, expiresAt: 0 }

/** Writes in which something happens to the record or its ttl on the way. */
function writesWith(
  inner: MemorySessionStore,
  change: (record: SessionRecord) => SessionRecord,
  ttlOf: (ttl: number, record: SessionRecord) => number = (ttl) => ttl,
): Partial<SessionStore> {
  const options = <O extends WriteOptions>(given: O, record: SessionRecord): O => ({
    ...given,
    ttl: ttlOf(given.ttl, record),
  })
  return {
    set: (id, record, given: WriteOptions) => inner.set(id, change(record), options(given, record)),
    create: (id, record, given: WriteOptions) => inner.create(id, change(record), options(given, record)),
    replace: (id, record, given: ReplaceOptions) => inner.replace(id, change(record), options(given, record)),
  }
}

/** Faults in what a record comes back as. */
export const contentFaults: Record<string, Fault> = {
  'keeps the object it was handed': (inner) => {
    const kept = new Map<string, SessionRecord>()
    return {
      get: (id) => (inner.get(id) ? (kept.get(id) ?? null) : null),
      set: (id, record, options) => {
        kept.set(id, record)
        inner.set(id, record, options)
      },
    }
  },
  'parses the data, as a JSON column does': (inner) =>
    writesWith(inner, (record) => ({ ...record, data: JSON.stringify(JSON.parse(record.data)) })),
  'keeps three bytes of a character at most': (inner) =>
    writesWith(inner, (record) => ({
      ...record,
      data: record.data.replace(/[\u{10000}-\u{10FFFF}]/gu, '?'),
    })),
  'cuts data at 32 KiB': (inner) =>
    writesWith(inner, (record) => ({ ...record, data: record.data.slice(0, 32_768) })),
  'keeps numbers in 32 bits': (inner) =>
    writesWith(inner, (record) => ({ ...record, revision: record.revision % 2 ** 32 })),
  'gives a record without a user the user null': (inner) => ({
    get: (id) => {
      const record = inner.get(id)
      return record && Object.assign({ user: null }, record)
    },
  }),
  'takes ids for equal whose case differs': (inner) => ({
    get: (id) => inner.get(id.toLowerCase()),
    set: (id, record, options) => inner.set(id.toLowerCase(), record, options),
    destroy: (id) => inner.destroy(id.toLowerCase()),
    create: (id, record, options) => inner.create(id.toLowerCase(), record, options),
    replace: (id, record, options) => inner.replace(id.toLowerCase(), record, options),
    touch: (id, options) => inner.touch(id.toLowerCase(), options),
    destroyByUser: (user, { except = '' } = {}) =>
      inner.destroyByUser(user, { except: except.toLowerCase() }),
  }),
  'set merges the record into the one there': (inner) => ({
    set: (id, record, options) => inner.set(id, { ...inner.get(id), ...record }, options),
  }),
  'forgets when a session began': (inner) => writesWith(inner, (record) => ({ ...record, createdAt: 0 })),
  'makes up a record for an id never written': (inner) => {
    const written = new Set<string>()
    return {
      get: (id) => inner.get(id) ?? (written.has(id) ? null : { ...blank, id }),
      set: (id, record, options) => {
        written.add(id)
        inner.set(id, record, options)
      },
      create: (id, record, options) => {
        written.add(id)
        return inner.create(id, record, options)
      },
    }
  },
  'destroy empties the record': (inner) => ({
    destroy: (id) => {
      const record = inner.get(id)
      if (record !== null) inner.set(id, { ...record, data: '{}' }, { ttl: 86_400_000 })
    },
  }),
  'fails to destroy what is not there': (inner) => ({
    destroy: (id) => {
      if (inner.get(id) === null) throw new Error('no such record')
      inner.destroy(id)
    },
  }),
}

/** Faults in when a record ends. */
export const expiryFaults: Record<string, Fault> = {
  'keeps the ttl in 32 bits': (inner) => ({
    ...writesWith(
      inner,
      (record) => record,
      (ttl) => ttl | 0,
    ),
    touch: (id, options) => inner.touch(id, { ...options, ttl: options.ttl | 0 }),
  }),
  'keeps the ttl in 32 bits without a sign': (inner) => ({
    ...writesWith(
      inner,
      (record) => record,
      (ttl) => (ttl > 0 ? ttl >>> 0 : ttl),
    ),
    touch: (id, options) =>
      inner.touch(id, { ...options, ttl: options.ttl > 0 ? options.ttl >>> 0 : options.ttl }),
  }),
  "takes the record's own times for its ttl": (inner, now) =>
    writesWith(
      inner,
      (record) => record,
      (ttl, record) => (ttl > 0 ? record.expiresAt - now() : ttl),
    ),
  'takes a ttl of zero for none': (inner) =>
    writesWith(
      inner,
      (record) => record,
      (ttl) => (ttl > 0 ? ttl : Number.POSITIVE_INFINITY),
    ),
  'rounds the ttl up to seconds': (inner) =>
    writesWith(
      inner,
      (record) => record,
      (ttl) => Math.ceil(ttl / 1_000) * 1_000,
    ),
  'replace keeps the ttl there was': (inner) => {
    const ttls = new Map<string, number>()
    return {
      set: (id, record, options) => {
        ttls.set(id, options.ttl)
        inner.set(id, record, options)
      },
      replace: (id, record, options) =>
        inner.replace(id, record, {
          ...options,
          ttl: options.ttl > 0 ? (ttls.get(id) ?? options.ttl) : options.ttl,
        }),
    }
  },
}

/** Faults in writing on a condition. */
export const conditionFaults: Record<string, Fault> = {
  'create writes over what is there': (inner) => ({
    create: (id, record, options) => {
      inner.set(id, record, options)
      return true
    },
  }),
  'create looks, then writes': (inner) => ({
    create: async (id, record, options) => {
      if (inner.get(id) !== null) return false
      await gap()
      inner.set(id, record, options)
      return true
    },
  }),
  'create takes an expired id for taken': (inner) => {
    const taken = new Set<string>()
    return {
      create: (id, record, options) => {
        if (taken.has(id)) return false
        taken.add(id)
        return inner.create(id, record, options)
      },
      destroy: (id) => {
        taken.delete(id)
        inner.destroy(id)
      },
    }
  },
  'replace writes whatever is there': (inner) => ({
    replace: (id, record, options) => {
      inner.set(id, record, options)
      return 'written'
    },
  }),
  'replace looks for a record, not for its revision': (inner) => ({
    replace: (id, record, options) => {
      if (inner.get(id) === null) return 'missing'
      inner.set(id, record, options)
      return 'written'
    },
  }),
  'replace looks, then writes': (inner) => ({
    replace: async (id, record, options) => {
      const stored = inner.get(id)
      if (stored === null) return 'missing'
      if (stored.revision !== options.revision) return 'conflict'
      await gap()
      inner.set(id, record, options)
      return 'written'
    },
  }),
  'replace with no ttl looks, then ends': (inner) => ({
    replace: async (id, record, options) => {
      if (options.ttl > 0) return inner.replace(id, record, options)
      const stored = inner.get(id)
      if (stored === null) return 'missing'
      if (stored.revision !== options.revision) return 'conflict'
      await gap()
      inner.destroy(id)
      return 'written'
    },
  }),
  'replace calls a missing record a conflict': (inner) => ({
    replace: (id, record, options) => {
      const outcome = inner.replace(id, record, options)
      return outcome === 'missing' ? 'conflict' : outcome
    },
  }),
}

/** Faults in touch. */
export const touchFaults: Record<string, Fault> = {
  'touch writes back the whole record it read': (inner) => ({
    touch: async (id, { ttl, touchedAt, expiresAt }: TouchOptions) => {
      const record = inner.get(id)
      if (record === null) return false
      await gap()
      inner.set(id, { ...record, touchedAt, expiresAt }, { ttl })
      return true
    },
  }),
  // What destroy ended it knows, and what was written meanwhile.
  'touch brings back what destroyByUser ended': (inner) => {
    const destroyed = new Set<string>()
    return {
      destroy: (id) => {
        destroyed.add(id)
        inner.destroy(id)
      },
      set: (id, record, options) => {
        destroyed.delete(id)
        inner.set(id, record, options)
      },
      touch: async (id, { ttl, touchedAt, expiresAt }: TouchOptions) => {
        const record = inner.get(id)
        if (record === null) return false
        await gap()
        if (inner.get(id) !== null || destroyed.has(id)) return inner.touch(id, { ttl, touchedAt, expiresAt })
        inner.set(id, { ...record, touchedAt, expiresAt }, { ttl })
        return true
      },
    }
  },
  'touch moves the ttl and not the times': (inner) => ({
    touch: (id, options) => {
      const record = inner.get(id)
      return record !== null && inner.touch(id, { ...record, ttl: options.ttl })
    },
  }),
  'touch moves the times and not the ttl': (inner, now) => {
    const deadlines = new Map<string, number>()
    return {
      set: (id, record, options) => {
        deadlines.set(id, now() + options.ttl)
        inner.set(id, record, options)
      },
      touch: (id, options) => inner.touch(id, { ...options, ttl: (deadlines.get(id) ?? 0) - now() }),
    }
  },
  'touch counts as a write of the data': (inner) => ({
    touch: (id, options) => {
      const record = inner.get(id)
      if (record === null) return false
      inner.set(id, { ...record, ...options, revision: record.revision + 1 }, options)
      return true
    },
  }),
  'says it is immediate and answers later': (inner) => ({
    immediate: true,
    get: async (id) => inner.get(id),
  }),
  'touch says yes to a missing record': (inner) => ({
    touch: (id, options) => inner.touch(id, options) || true,
  }),
}
