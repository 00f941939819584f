import { built } from '../subjects/built.ts'
import { sampleId } from '../subjects/sample-session.ts'
import type { MemorySubject } from './memory-subjects.ts'

/** What tables call the least that a store of so many sessions can do for one of them. */
export const ONE_READ = 'one number read, by hand'

const NUMBERS_OF_A_LINE = 8
const HASHED_OF_ID = 8

/**
 * No store: a line of the processor's cache for each session, one number of which is read, or read and written. It knows
 * no ids and holds no data. What grows here with the number of sessions is the time for one look at the machine's memory.
 */
export async function openOneRead(sessions: number): Promise<MemorySubject> {
  const { hashOf } =
    await built<typeof import('../../src/stores/memory/key-hash.ts')>('stores/memory/key-hash.js')
  const lines = new Float64Array(sessions * NUMBERS_OF_A_LINE)
  const placeOf = (session: number): number =>
    ((hashOf(sampleId(session), 1, HASHED_OF_ID) >>> 0) % sessions) * NUMBERS_OF_A_LINE
  const read = (place: number): number => {
    const number = lines[place]
    // Looked at, or the compiler would leave the read out.
    if (!number) throw new Error(`There is nothing at ${place}.`)
    return number
  }
  return {
    dataBytes: null,
    sweeps: 'never',
    add: (session) => lines.fill(1, session * NUMBERS_OF_A_LINE, (session + 1) * NUMBERS_OF_A_LINE),
    get(session, done) {
      read(placeOf(session))
      done()
    },
    write(session, done) {
      const place = placeOf(session)
      lines[place] = read(place) + 1
      done()
    },
  }
}
