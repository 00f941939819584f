import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'
import { type MemorySubject, type MovedClock, openMemorySubject } from './memory-subjects.ts'
import { PauseWatch } from './pause-watch.ts'

// A process of its own for one store at one size: node --expose-gc scale/measure-memory.ts <store> <sessions>
// Prints what it found as JSON.

/** What is found of one store at one size. */
export interface MemoryFindings {
  /** Bytes of heap a session, beyond its data; `null` when no data is held. */
  overheadBytes: number | null
  getsPerSecond: number
  writesPerSecond: number
  /** The longest time the event loop stood still while sessions were put in, in milliseconds. */
  fillPause: number
  /** The same while the expired half of them was removed; `null` when nothing removes them. */
  sweepPause: number | null
  /** How long removing them took in all, in milliseconds. */
  sweepMillis: number | null
}

const HOUR = 3_600_000
const SLICE = 500
const OPERATIONS = 400_000
const WARMUP_OPERATIONS = 100_000
const AT_A_TIME = 1_000
const QUIET_MS = 300
const SWEEP_LIMIT_MS = 60_000

async function fill(subject: MemorySubject, sessions: number): Promise<number> {
  const watch = new PauseWatch()
  for (let session = 0; session < sessions; session += SLICE) {
    watch.begin()
    const end = Math.min(session + SLICE, sessions)
    for (let one = session; one < end; one++) subject.add(one, one % 2 === 0 ? HOUR : 3 * HOUR)
    watch.next()
    await turn()
  }
  return watch.longest
}

async function perSecond(
  operations: number,
  sessions: number,
  operation: (session: number, done: () => void) => void,
): Promise<number> {
  // Scattered over all, the same way each time.
  const step = 7_919
  let session = 0
  const began = performance.now()
  for (let batch = 0; batch < operations / AT_A_TIME; batch++) {
    await new Promise<void>((resolve) => {
      let open = AT_A_TIME
      for (let one = 0; one < AT_A_TIME; one++) {
        session = (session + step) % sessions
        operation(session, () => {
          open--
          if (open === 0) resolve()
        })
      }
    })
  }
  return (operations / (performance.now() - began)) * 1_000
}

/** Watches the event loop while `work` runs. Gives the longest time between two of its turns, in milliseconds. */
async function longestPause(work: () => Promise<void>): Promise<number> {
  const watch = new PauseWatch()
  let watching = true
  const turnByTurn = async (): Promise<void> => {
    while (watching) {
      await turn()
      watch.next()
    }
  }
  const watched = turnByTurn()
  await work()
  watching = false
  await watched
  return watch.longest
}

/**
 * Has the expired half removed, once nothing is removed any more of what has expired before.
 * @throws {Error} it is not removed within a minute.
 */
async function sweep(
  subject: MemorySubject,
  clock: MovedClock & { moved: number },
): Promise<[number, number]> {
  let began = Number.NaN
  let lastAsked = performance.now()
  // Nothing else asks for the time now: a sweep runs for as long as it is asked for.
  clock.onAsked = () => {
    lastAsked = performance.now()
    if (Number.isNaN(began)) began = lastAsked
  }
  while (performance.now() - lastAsked < QUIET_MS) await delay(20)
  const left = (subject.size?.() ?? 0) / 2
  began = Number.NaN
  clock.moved = 2 * HOUR
  const pause = await longestPause(async () => {
    if (subject.prune) subject.prune()
    else await until(() => subject.size?.() === left)
  })
  return [pause, lastAsked - began]
}

async function until(isDone: () => boolean): Promise<void> {
  const deadline = performance.now() + SWEEP_LIMIT_MS
  while (!isDone()) {
    if (performance.now() > deadline) throw new Error('The expired half is still there after a minute.')
    await delay(20)
  }
}

function heapBytes(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function measure(name: string, sessions: number): Promise<MemoryFindings> {
  const realNow = Date.now.bind(Date)
  const clock = {
    moved: 0,
    onAsked: () => {},
    now(): number {
      this.onAsked()
      return realNow() + this.moved
    },
  }
  const subject = await openMemorySubject(name, sessions, clock)
  // What the machinery itself takes, it takes before the first look at the heap.
  subject.add(0, HOUR)
  const before = heapBytes()
  const fillPause = await fill(subject, sessions)
  const bytes = (heapBytes() - before) / sessions
  const overheadBytes = subject.dataBytes === null ? null : bytes - subject.dataBytes
  await perSecond(WARMUP_OPERATIONS, sessions, subject.get)
  const getsPerSecond = await perSecond(OPERATIONS, sessions, subject.get)
  await perSecond(WARMUP_OPERATIONS, sessions, subject.write)
  const writesPerSecond = await perSecond(OPERATIONS, sessions, subject.write)
  const [sweepPause, sweepMillis] = subject.sweeps === 'never' ? [null, null] : await sweep(subject, clock)
  return { overheadBytes, getsPerSecond, writesPerSecond, fillPause, sweepPause, sweepMillis }
}

const [name = '', sessions = ''] = process.argv.slice(2)
console.log(JSON.stringify(await measure(name, Number(sessions))))
process.exit() // stores may hold timers
