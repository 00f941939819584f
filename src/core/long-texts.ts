/** Who remembers a text. */
interface Rememberer {
  /** Forgets it. */
  forget(): void
}

// So many characters in all: some 10 MB, as sessions are (Node 24).
const ROOM = 4_194_304

/** Who remembers one, and how long it is: the first that was taken in comes first. */
const lengths = new Map<Rememberer, number>()
let taken = 0

/** Takes a long text in that somebody remembers, in the place of the one before. Where there is no room, those taken in first are forgotten. */
export function takeIn(rememberer: Rememberer, length: number): void {
  letGo(rememberer)
  lengths.set(rememberer, length)
  taken += length
  for (const first of lengths.keys()) {
    if (taken <= ROOM) return
    letGo(first)
    first.forget()
  }
}

/** Notes that a long text is remembered no more. */
export function letGo(rememberer: Rememberer): void {
  taken -= lengths.get(rememberer) ?? 0
  lengths.delete(rememberer)
}
