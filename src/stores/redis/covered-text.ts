import { Buffer } from 'node:buffer'
import { decodeText } from '../decode-text.ts'

/** A part of a command: a text, or one of a session's, covered. */
export type CommandPart = string | Uint8Array

const PRINTED = '[a session]'
const print = (): string => PRINTED
const COVER = { toString: print, toJSON: print, [Symbol.for('nodejs.util.inspect.custom')]: print }

/**
 * Covers a text from all but the server. Tracing knows that what a `SET` sets is nobody's business, and prints all that a
 * script is given: with OpenTelemetry and Sentry, whoever may see traces would read every session that is written.
 * node-redis and ioredis send bytes as they are, and whoever prints these gets a name for them.
 */
export function coverText(text: string): Uint8Array {
  // Not by Object.defineProperties, which takes a microsecond more (Node 24).
  return Object.assign(Buffer.from(text), COVER)
}

/** Gives the text of a part, for clients that take texts alone. */
export function uncovered(part: CommandPart): string {
  return typeof part === 'string' ? part : decodeText(part)
}
