import { sha256, sha256Binary } from './crypto.ts'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
const INNER_PAD = 0x36
const OUTER_PAD = 0x5c
// UTF-8 takes at most so many bytes for one unit of a text.
const MOST_BYTES_A_UNIT = 3

const encoder = new TextEncoder()

/**
 * A secret made ready for signing with HMAC-SHA-256. Prints without its bytes.
 *
 * Two one-shot hashes over prepared pads, not `createHmac`, which costs 2.9 us against 1.1 here (Node 24): that is
 * most of what a forged cookie costs us.
 * @see RFC 2104 section 2, FIPS 180-4
 */
export class SigningKey {
  /** The inner pad, and behind it room for the text. */
  #inner: Uint8Array
  /** The room, and the pad with the text of the last signature: most texts are of one length, and a view takes long to make. */
  #room: Uint8Array
  #message: Uint8Array
  /** The outer pad, and behind it room for the inner hash. */
  readonly #outer: Uint8Array

  /** Takes a secret by its UTF-8 bytes. */
  constructor(secret: string) {
    const bytes = encoder.encode(secret)
    const key = new Uint8Array(BLOCK_BYTES)
    if (bytes.length > BLOCK_BYTES) writeBinary(key, 0, sha256Binary(bytes))
    else key.set(bytes)
    this.#inner = key.map((byte) => byte ^ INNER_PAD)
    this.#room = this.#inner.subarray(BLOCK_BYTES)
    this.#message = this.#inner
    this.#outer = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES)
    this.#outer.set(key.map((byte) => byte ^ OUTER_PAD))
  }

  /**
   * Signs text by its UTF-8 bytes.
   * @returns 43 base64url characters.
   */
  sign(text: string): string {
    if (this.#room.length < text.length * MOST_BYTES_A_UNIT) this.#grow(text.length * MOST_BYTES_A_UNIT)
    const { written } = encoder.encodeInto(text, this.#room)
    const length = BLOCK_BYTES + written
    if (this.#message.length !== length) this.#message = this.#inner.subarray(0, length)
    writeBinary(this.#outer, BLOCK_BYTES, sha256Binary(this.#message))
    return sha256(this.#outer)
  }

  #grow(bytes: number): void {
    const grown = new Uint8Array(BLOCK_BYTES + bytes)
    grown.set(this.#inner.subarray(0, BLOCK_BYTES))
    this.#inner = grown
    this.#room = grown.subarray(BLOCK_BYTES)
    this.#message = grown
  }
}

/** Writes a text of one byte a character. */
function writeBinary(target: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index++) target[at + index] = text.charCodeAt(index)
}
