import { isDeepStrictEqual } from 'node:util'
import { dataOf, FIRST_USER, ownKeysOf } from './data.ts'
import type { FirstSession } from './first-session.ts'
import type { RandomRequest } from './random-request.ts'
import type { WatchedStore } from './watched-store.ts'

/** What a run has left behind. */
export interface Outcome {
  readonly store: WatchedStore
  readonly firstId: string
  readonly first: FirstSession
  readonly requests: readonly RandomRequest[]
}

/** Finds where a run has broken a promise. */
export function faultsOf(outcome: Outcome): string[] {
  return [
    ...outcome.store.faults,
    ...outcome.requests.flatMap(({ faults }) => faults),
    ...checkEndings(outcome),
    ...checkTickets(outcome),
    ...checkUpdates(outcome),
    ...checkWrites(outcome),
    ...checkFreshStarts(outcome),
  ]
}

/** The records of what the first session has become: one, or none. */
function heirs({ store }: Outcome) {
  return store.live.filter((record) => dataOf(record).first === true)
}

function failures({ requests }: Outcome): number {
  return requests.reduce((sum, request) => sum + request.failures, 0)
}

function checkEndings(outcome: Outcome): string[] {
  const { ended, revoked } = outcome.first
  const count = heirs(outcome).length
  const faults: string[] = []
  if (count > 1) faults.push(`[P5] the first session lives ${count} times`)
  if (ended && count > 0) faults.push('[P4] the first session was ended, and lives')
  const failed = failures(outcome) > 0
  if (!ended && !revoked && !failed && count === 0)
    faults.push('[P3] the first session is gone, and nobody ended it')
  if (revoked && outcome.store.live.some(({ user }) => user === FIRST_USER))
    faults.push('[P4] the first user was revoked, and has a session')
  return faults
}

function checkTickets({ store, firstId, requests }: Outcome): string[] {
  const held = new Set([firstId, ...requests.flatMap(({ handedOut }) => handedOut)])
  const lost = store.live.filter(({ id }) => !held.has(id))
  return lost.map(({ data }) => `[P5] a record lives whose ticket nobody holds: ${data}`)
}

function checkUpdates(outcome: Outcome): string[] {
  const made = outcome.requests.reduce((sum, { updates }) => sum + updates, 0)
  return heirs(outcome)
    .map((record) => dataOf(record).hits)
    .filter((hits = 0) => hits < made || hits > made + failures(outcome))
    .map((hits) => `[P3] ${made} updates were saved, and ${hits} are there`)
}

function checkWrites(outcome: Outcome): string[] {
  const [heir] = heirs(outcome)
  return outcome.requests.flatMap(({ end, expectation, name }) => {
    const sure = expectation.sure && !(expectation.reloaded && failures(outcome) > 0)
    if (!sure || end === null || (end.first && heir === undefined)) return []
    const record = end.first ? heir : outcome.store.get(end.id)
    const data = record === undefined || record === null ? {} : dataOf(record)
    return [...expectation.keys]
      .filter(([key, value]) => !isDeepStrictEqual(data[key], value))
      .map(([key, value]) => `[P3] ${name} wrote ${key} as ${show(value)}, and it is ${show(data[key])}`)
  })
}

/** What is written after a session was left goes into one of which no other request knows. */
function checkFreshStarts({ store, requests }: Outcome): string[] {
  return requests.flatMap(({ end, expectation, handedOut, index, name }) => {
    if (expectation.left && end?.first) return [`[P4] ${name} left the first session, and has it still`]
    const own: readonly string[] = ownKeysOf(index)
    const fresh = store.live.filter(
      (record) => handedOut.includes(record.id) && dataOf(record).first !== true,
    )
    return fresh
      .flatMap((record) => Object.keys(dataOf(record)))
      .filter((key) => isOwn(key) && !own.includes(key))
      .map((key) => `[P4] ${name} began afresh, and has ${key} of the session it left`)
  })
}

function isOwn(key: string): boolean {
  return /^(?:flag|list)/.test(key)
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'not there'
}
