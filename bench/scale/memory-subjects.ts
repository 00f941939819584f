import type { Store } from 'express-session'
import type { SessionRecord } from '../../src/index.ts'
import { built } from '../subjects/built.ts'
import { type SampleData, SESSION_BYTES, sampleId, sampleVisitors } from '../subjects/sample-session.ts'
import { ONE_READ, openOneRead } from './one-read.ts'

/** A store in this process, as far as it is measured. Sessions are known by number. */
export interface MemorySubject {
  /** Puts a session in, which lives for `ttl` milliseconds. */
  add(session: number, ttl: number): void
  /** Looks at one. `done` is called when it is there. */
  get(session: number, done: () => void): void
  /** Writes over one. */
  write(session: number, done: () => void): void
  /** How many bytes of what it holds for a session are the session's data; `null` when it holds none. */
  dataBytes: number | null
  /** Whether expired sessions are removed by themselves or by `prune`. */
  sweeps: 'by itself' | 'when asked' | 'never'
  /** Removes expired sessions at once, if it does so when asked. */
  prune?(): void
  /** How many sessions it holds, expired ones included, if it removes them by itself. */
  size?(): number
}

/** How far the clock was moved on, in milliseconds. */
export interface MovedClock {
  now(): number
  /** Called each time somebody asks for the time. */
  onAsked: () => void
}

/** What tables call our store where it is asked for objects, as the peers' are: ours gives out text, which the engine parses and writes. */
export const SAME_WORK = 'coatcheck, parsing and writing JSON'

const PAYLOAD_BYTES = JSON.stringify(sampleVisitors(SESSION_BYTES)()).length

/** Opens a store by the name that tables give it, for so many sessions. */
export function openMemorySubject(name: string, sessions: number, clock: MovedClock): Promise<MemorySubject> {
  if (name === ONE_READ) return openOneRead(sessions)
  if (name === 'coatcheck') return openOurs(clock)
  if (name === SAME_WORK) return openOurs(clock, JSON)
  return name === 'memorystore' ? openMemorystore(clock) : openMemoryStore()
}

/** Makes of a session's text what a handler is given, and text of that again. */
interface Format {
  parse(text: string): unknown
  stringify(value: unknown): string
}

const TEXT: Format = { parse: (text) => text, stringify: String }

async function openOurs(clock: MovedClock, { parse, stringify }: Format = TEXT): Promise<MemorySubject> {
  const module = await built<typeof import('../../src/stores/memory.ts')>('stores/memory.js')
  const store = new module.MemorySessionStore({
    maxSessions: Number.POSITIVE_INFINITY,
    cleanupInterval: '1s',
    now: () => clock.now(),
  })
  const nextVisitor = sampleVisitors(SESSION_BYTES)
  const created = Date.now()
  const newRecord = (id: string, data: string, user: string, ttl: number): SessionRecord => ({
    id,
    data,
    revision: 1,
    createdAt: created,
    touchedAt: created,
    expiresAt: created + ttl,
    user,
  })
  const recordOf = (session: number): SessionRecord => {
    const found = store.get(sampleId(session))
    if (found === null) throw new Error(`Session ${session} is not there.`)
    return found
  }
  return {
    dataBytes: PAYLOAD_BYTES,
    sweeps: 'by itself',
    size: () => store.size,
    add(session, ttl) {
      const data = JSON.stringify(nextVisitor())
      // As the engine does: the user comes out of the parsed data.
      const { userId }: SampleData = JSON.parse(data)
      const record = newRecord(sampleId(session), data, userId, ttl)
      // The very string of the record, as the engine gives it: of two with the same text, both would be kept.
      store.create(record.id, record, { ttl })
    },
    get(session, done) {
      parse(recordOf(session).data)
      done()
    },
    write(session, done) {
      const found = recordOf(session)
      const { revision } = found
      const next = { ...found, data: stringify(parse(found.data)), revision: revision + 1 }
      store.replace(next.id, next, { ttl: next.expiresAt - created, revision })
      done()
    },
  }
}

async function openMemoryStore(): Promise<MemorySubject> {
  const { default: session } = await import('express-session')
  return { ...classic(new session.MemoryStore()), sweeps: 'never' }
}

async function openMemorystore(clock: MovedClock): Promise<MemorySubject> {
  const { default: session } = await import('express-session')
  const { default: createMemoryStore } = await import('memorystore')
  const store = new (createMemoryStore(session))({ max: Number.POSITIVE_INFINITY })
  // It takes no clock of its own.
  Date.now = () => clock.now()
  return { ...classic(store), sweeps: 'when asked', prune: () => store.prune() }
}

/** A store made for express-session: it keeps JSON, and parses and serialises it itself. */
function classic(store: Pick<Store, 'get' | 'set'>): Omit<MemorySubject, 'sweeps'> {
  const nextVisitor = sampleVisitors(SESSION_BYTES)
  const idFor = (session: number): string => sampleId(session).slice(0, 32)
  const withCookie = (ttl: number) => {
    const expires = new Date(Date.now() + ttl)
    const cookie = { originalMaxAge: ttl, maxAge: ttl, expires, httpOnly: true, path: '/' }
    return { cookie, ...nextVisitor() }
  }
  return {
    dataBytes: PAYLOAD_BYTES,
    add: (session, ttl) => Reflect.apply(store.set, store, [idFor(session), withCookie(ttl)]),
    get: (session, done) => store.get(idFor(session), done),
    write: (session, done) =>
      store.get(idFor(session), (_error, found) => {
        if (!found) throw new Error(`Session ${session} is not there.`)
        store.set(idFor(session), found, done)
      }),
  }
}
