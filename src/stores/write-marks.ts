import { randomBytes } from 'node:crypto'

const COUNT_DIGITS = 4
const COUNT_LIMIT = 36 ** COUNT_DIGITS

/**
 * Makes marks that tell one write from every other: 12 characters, 8 random ones of this store and a count.
 *
 * A driver may send a command again when the connection broke before the reply came (ioredis does). The marks
 * in the record show the script that the write has been done already, also under a few later ones, so that it is
 * neither taken for somebody else's nor done twice.
 */
export function createWriteMarks(): () => string {
  let own: string | undefined
  let count = 0
  return () => {
    own ??= randomBytes(6).toString('base64url') // not before: while a module loads, Workers draw nothing
    count = (count + 1) % COUNT_LIMIT
    return own + count.toString(36).padStart(COUNT_DIGITS, '0')
  }
}
