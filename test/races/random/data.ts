/** Whom the first session belongs to. Nobody signs in under this name afterwards. */
export const FIRST_USER = 'ann'

// Each request writes keys with a number of its own, so that what it wrote is there or was lost.
export type OwnKey = `flag${number}` | `list${number}`

/** The data of the sessions that random requests have. */
export interface Data {
  /** There in the first session, and in what it goes on as: nobody writes it. */
  first: true
  userId: string
  /** Counts updates. */
  hits: number
  /** Which request wrote this last: all of them do. */
  shared: number
  [flag: `flag${number}`]: number
  [list: `list${number}`]: number[]
}

/** The most requests that there are at a time. */
export const MOST_REQUESTS = 4

/** The flags of one request. */
export function flagsOf(request: number): Array<`flag${number}`> {
  return [`flag${request * 2}`, `flag${request * 2 + 1}`]
}

/** The list of one request. */
export function listOf(request: number): `list${number}` {
  return `list${request}`
}

/** All keys that one request writes and no other. */
export function ownKeysOf(request: number): OwnKey[] {
  return [...flagsOf(request), listOf(request)]
}

/** Every key there may be. */
export const ALL_KEYS: readonly (keyof Data)[] = [
  'first',
  'userId',
  'hits',
  'shared',
  ...Array.from({ length: MOST_REQUESTS }, (_, request) => ownKeysOf(request)).flat(),
]

/** What the first session holds: keys of each request among it, so that a change can be a change back. */
export function firstData(): Partial<Data> {
  const data: Partial<Data> = { first: true, userId: FIRST_USER, hits: 0 }
  for (let request = 0; request < MOST_REQUESTS; request++) {
    const [flag] = flagsOf(request)
    if (flag !== undefined) data[flag] = 0
    data[listOf(request)] = [request]
  }
  return data
}

/** Reads the data of a record. */
export function dataOf({ data }: { data: string }): Partial<Data> {
  return JSON.parse(data)
}
