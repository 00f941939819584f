// The one place the core touches the outside. Every rule about what is hashed and signed is elsewhere.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Hashes with SHA-256: text by its UTF-8 bytes.
 * @returns 43 base64url characters.
 */
export function sha256(input: string | Uint8Array): string {
  // The one-shot form: a third of createHash's cost.
  return hash('sha256', input, 'base64url')
}

/**
 * Hashes with SHA-256.
 * @returns 32 characters, one for each byte: cheaper to have than a buffer of them.
 */
export function sha256Binary(input: Uint8Array): string {
  return hash('sha256', input, 'binary')
}

const encoder = new TextEncoder()
const DIGEST_CHARACTERS = 43
const digestLetters = new Uint8Array(DIGEST_CHARACTERS)

/**
 * Compares a digest as base64url with letters, one a byte, in time that does not depend on where they differ.
 */
export function equalInConstantTime(digest: string, letters: Uint8Array): boolean {
  encoder.encodeInto(digest, digestLetters)
  return letters.length === DIGEST_CHARACTERS && timingSafeEqual(digestLetters, letters)
}

/** Random bytes that can be written as text. Node's Buffer is one; its name is no global on every runtime. */
type RandomPool = Uint8Array & { toString(encoding: 'base64url', start: number, end: number): string }

const TOKEN_BYTES = 32
const POOL_BYTES = 128 * TOKEN_BYTES
// Empty at first: Workers allow no random numbers while a module loads.
let pool: RandomPool | null = null
let next = 0

/**
 * Draws 32 bytes from the system's random source.
 * @returns 43 base64url characters.
 */
export function randomToken(): string {
  // Drawn in bulk: one system call for 128 tokens. What was handed out is wiped, so that the pool never
  // holds a token in use.
  if (pool === null || next === pool.length) {
    pool = randomBytes(POOL_BYTES)
    next = 0
  }
  const token = pool.toString('base64url', next, next + TOKEN_BYTES)
  pool.fill(0, next, next + TOKEN_BYTES)
  next += TOKEN_BYTES
  return token
}
