// The one place the core touches the outside. Every rule about what is hashed and signed is elsewhere.
import { createHmac, createSecretKey, hash, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'

/** A secret, imported once. Prints as `[object Object]`, never as its bytes. */
export type SigningKey = KeyObject

/** Imports a secret's UTF-8 bytes as a key. */
export function importKey(secret: string): SigningKey {
  return createSecretKey(secret, 'utf8')
}

/**
 * Signs text with HMAC-SHA-256.
 * @returns 43 base64url characters.
 * @see RFC 2104, FIPS 180-4
 */
export function hmac(key: SigningKey, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

/**
 * Hashes text with SHA-256.
 * @returns 43 base64url characters.
 */
export function sha256(text: string): string {
  // The one-shot form: a third of createHash's cost.
  return hash('sha256', text, 'base64url')
}

const encoder = new TextEncoder()

/** Compares two ASCII texts of one length in time that does not depend on where they differ. */
export function equalInConstantTime(left: string, right: string): boolean {
  if (left.length !== right.length) return false
  return timingSafeEqual(encoder.encode(left), encoder.encode(right))
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
