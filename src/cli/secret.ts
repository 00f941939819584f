import { randomBytes } from 'node:crypto'

/**
 * Makes a secret for `createSessions`: 32 bytes from the system's random source, as 43 base64url characters.
 * It needs no quoting in a shell, an `.env` file or a URL.
 */
export function secret(): string {
  return randomBytes(32).toString('base64url')
}
