import { hash } from 'node:crypto'
import type { SessionRecord, SessionStore } from '../../src/index.ts'
import { median } from '../rig/statistics.ts'
import { ourSessions } from '../subjects/our-sessions.ts'
import { SESSION_BYTES, sampleVisitors } from '../subjects/sample-session.ts'
import { ALL_STORES, type StoreName } from '../subjects/subject.ts'
import { openDatabaseSubject } from './database-subjects.ts'

// A process of its own for one store: node scale/measure-database.ts <store> <url> <sizes, with commas>
// Fills the database up to each size in turn, measures the store there, and prints what it found as JSON.

/** What is found of one database at one size. */
export interface DatabaseFindings {
  sessions: number
  /** Sessions made a second, the last of them up to this size. */
  createsPerSecond: number
  getsPerSecond: number
  /** Sessions read and written over a second. */
  writesPerSecond: number
  /** What `sessions.user(id).list()` takes for a user of three sessions, in milliseconds. */
  listMillis: number
  /** What `sessions.user(id).revoke()` takes, in milliseconds. */
  revokeMillis: number
  /** Bytes a session takes, its data included. */
  bytesPerSession: number
}

const DAY = 86_400_000
const AT_A_TIME = 64
const OPERATIONS = 8_000
const FILLED_AT_ONCE = 2_000
const SESSIONS_OF_A_USER = 3
const USERS = 30
// Scattered over all, the same way each time.
const STEP = 7_919

const now = Date.now()
const nextVisitor = sampleVisitors(SESSION_BYTES)

function idOf(session: number): string {
  return hash('sha256', String(session), 'base64url')
}

function userOf(session: number): string {
  return `user-${Math.floor(session / SESSIONS_OF_A_USER)}`
}

function recordOf(session: number): SessionRecord {
  const user = userOf(session)
  const data = JSON.stringify({ ...nextVisitor(), userId: user })
  const times = { createdAt: now, touchedAt: now, expiresAt: now + DAY }
  return { id: idOf(session), data, revision: 1, ...times, user }
}

/** Gives the records of the sessions from `first` to `end` (not included), some at once. */
function* recordsOf(first: number, end: number): Generator<SessionRecord[]> {
  for (let from = first; from < end; from += FILLED_AT_ONCE) {
    const length = Math.min(FILLED_AT_ONCE, end - from)
    yield Array.from({ length }, (_, at) => recordOf(from + at))
  }
}

async function add(store: SessionStore, session: number): Promise<void> {
  const record = recordOf(session)
  await store.create?.(record.id, record, { ttl: DAY })
}

/** Writes a session as the engine does: over the revision that it read. */
async function write(store: SessionStore, session: number): Promise<void> {
  const found = await store.get(idOf(session))
  if (found === null) return // one of those that were revoked
  const next = { ...found, revision: found.revision + 1 }
  await store.replace?.(found.id, next, { ttl: DAY, revision: found.revision })
}

/** Does something so many times, some at a time, and gives how often a second. */
async function perSecond(times: number, operation: (time: number) => Promise<unknown>): Promise<number> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next < times) await operation(next++)
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
  return (times / (performance.now() - began)) * 1_000
}

/** Gives the median time of something done for some users one after another, in milliseconds. */
async function millisForUsers(
  users: readonly string[],
  work: (user: string) => Promise<unknown>,
): Promise<number> {
  const times: number[] = []
  for (const user of users) {
    const began = performance.now()
    await work(user)
    times.push(performance.now() - began)
  }
  return median(times)
}

async function measure(name: StoreName, url: string, sizes: readonly number[]): Promise<DatabaseFindings[]> {
  const { store, fill, bytes } = await openDatabaseSubject(name, url, DAY)
  const sessions = await ourSessions({ store: name, storeUrl: url, sessionBytes: SESSION_BYTES }, store)
  const empty = await bytes()
  const findings: DatabaseFindings[] = []
  let count = 0
  for (const size of sizes) {
    const first = count
    const filled = Math.max(first, size - OPERATIONS)
    await fill(recordsOf(first, filled))
    const createsPerSecond = await perSecond(size - filled, (session) => add(store, filled + session))
    count = size
    const bytesPerSession = ((await bytes()) - empty) / count
    const scattered = (time: number): number => (time * STEP) % count
    const getsPerSecond = await perSecond(OPERATIONS, async (time) => store.get(idOf(scattered(time))))
    const writesPerSecond = await perSecond(OPERATIONS, (time) => write(store, scattered(time)))
    const users = Array.from({ length: USERS }, (_, at) => userOf(first + at * SESSIONS_OF_A_USER))
    const listMillis = await millisForUsers(users, (user) => sessions.user(user).list())
    const revokeMillis = await millisForUsers(users, (user) => sessions.user(user).revoke())
    findings.push({
      sessions: count,
      createsPerSecond,
      getsPerSecond,
      writesPerSecond,
      listMillis,
      revokeMillis,
      bytesPerSession,
    })
  }
  return findings
}

const [name = '', url = '', sizes = ''] = process.argv.slice(2)
if (!isStoreName(name)) throw new Error(`There is no store '${name}'.`)
console.log(JSON.stringify(await measure(name, url, sizes.split(',').map(Number))))
process.exit() // clients hold their connections open

function isStoreName(text: string): text is StoreName {
  return ALL_STORES.some((store) => store === text)
}
