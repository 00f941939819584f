import { type DataObject, readData } from './data-text.ts'
import { letGo, takeIn } from './long-texts.ts'

// Of texts up to this length each ticket may have one; of longer ones as many as there is room for in the process.
const LONGEST_SHORT_TEXT = 1_024
// Longer texts are parsed anew on each request: what is remembered of all visitors must stay small.
const LONGEST_TEXT = 65_536

/**
 * Remembers what one session's text was parsed to, so that requests that only look at the data need not parse it:
 * 2 us for 300 bytes of it, half of what a read costs (Node 24).
 *
 * A text is parsed for keeping when it comes the second time: a session that every request writes to is not kept in
 * vain. What is remembered serves many requests at once, so nobody may change it or give objects in it away.
 */
export class RememberedData {
  #text: string | null = null
  #data: Readonly<DataObject> | null = null

  /** Gives the data of this text if it came before; `null` when it is new, too long, or no data. */
  of(text: string): Readonly<DataObject> | null {
    if (text === this.#text) {
      this.#data ??= readData(text, LONGEST_TEXT)
      return this.#data
    }
    this.#remember(text, null)
    return null
  }

  /** Takes data that was just written as this text, and that nobody can change any more; `null` to have the text parsed when it comes. */
  keep(text: string, data: Readonly<DataObject> | null): void {
    this.#remember(text, data)
  }

  /** Forgets what it remembers. */
  forget(): void {
    this.#text = null
    this.#data = null
  }

  #remember(text: string, data: Readonly<DataObject> | null): void {
    const wasLong = this.#text !== null && isLong(this.#text)
    const isKept = text.length <= LONGEST_TEXT
    this.#text = isKept ? text : null
    this.#data = isKept ? data : null
    if (isKept && isLong(text)) takeIn(this, text.length)
    else if (wasLong) letGo(this)
  }
}

function isLong(text: string): boolean {
  return text.length > LONGEST_SHORT_TEXT
}
