import { DataError } from './errors.ts'
import { isError } from './is-error.ts'
import { keyInJson } from './json-key.ts'
import { dropProto, visitObjects } from './json-objects.ts'
import { isReservedKey } from './reserved-keys.ts'
import type { ParsedJson } from './session-data.ts'
import { shownText } from './shown-text.ts'

/** A session's data as the engine handles it: JSON values by key. */
export type DataObject = Record<string, unknown>

/** The text of no data. */
export const EMPTY_TEXT = '{}'

/** How deep data may be nested: deeper than anyone's session is, and far from where the stack ends, also that of JSON.stringify. */
export const MAX_DEPTH = 500

const PROTO = '__proto__'
const PROTO_KEY = keyInJson(PROTO)

/**
 * Writes data as JSON text, without the key `__proto__` at any depth. The data stays as it is.
 * @throws {DataError} `ERR_DATA_NOT_SERIALIZABLE` a value JSON cannot hold; `ERR_DATA_TOO_LARGE` over `maxBytes`
 * of UTF-8. Nothing was saved.
 */
export function writeData(data: Readonly<DataObject>, maxBytes: number): string {
  let text: string
  try {
    // Left out when it is read, it would make each read dearer until somebody writes.
    text = withoutProto(JSON.stringify(data))
  } catch (cause) {
    throw new DataError('ERR_DATA_NOT_SERIALIZABLE', notSerializable(data), { cause: nameOf(cause) })
  }
  if (isTooDeep(text)) throw new DataError('ERR_DATA_NOT_SERIALIZABLE', notSerializable(data))
  const bytes = sizeOf(text, maxBytes)
  if (bytes <= maxBytes) return text
  throw new DataError(
    'ERR_DATA_TOO_LARGE',
    `The session's data takes ${bytes} bytes as JSON; ${maxBytes} are allowed (maxBytes). Keep ids in the session and the rest in your database.`,
  )
}

/**
 * Reads data from JSON text that nobody vouches for.
 * @returns `null` when it is not a JSON object, over `maxBytes`, or nested beyond reason. Reserved keys are left
 * out at the top, `__proto__` at every depth.
 */
export function readData(text: string, maxBytes: number): DataObject | null {
  if (text.length > maxBytes || isTooDeep(text)) return null
  let data: unknown
  try {
    data = parseData(text)
  } catch {
    return null
  }
  return isDataObject(data) ? withoutReserved(data) : null
}

/**
 * Parses data that may be another program's, of any depth: what no session holds at any depth is left out.
 * @throws {SyntaxError} it is no JSON.
 */
function parseData(text: string): ParsedJson {
  const data: unknown = JSON.parse(text)
  if (holdsProto(text)) visitObjects(data, dropProto)
  return data
}

/** Tells whether a value is an object with keys, neither null nor an array. */
export function isDataObject(value: unknown): value is DataObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Tells whether two values are the same as JSON: what a store would keep of them is equal, without what is left out of it. */
export function equalAsJson(left: unknown, right: unknown): boolean {
  if (left === right) return true
  const [one, other] = [JSON.stringify(left), JSON.stringify(right)]
  if (one === other) return true
  return one !== undefined && other !== undefined && withoutProto(one) === withoutProto(other)
}

/** Copies a JSON value, so that what is done to the copy is not done to the original. */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  return JSON.parse(JSON.stringify(value))
}

function sizeOf(text: string, maxBytes: number): number {
  // A UTF-16 unit is at most 3 bytes of UTF-8, so short texts need no count.
  return text.length * 3 <= maxBytes ? text.length : new TextEncoder().encode(text).length
}

function notSerializable(data: Readonly<DataObject>): string {
  const key = Object.keys(data).find((name) => !isSerializable(data[name]))
  const where = key === undefined ? 'A value' : `The value under '${shownText(key)}'`
  return `${where} in the session cannot be written as JSON (a BigInt, a circular reference, or nesting over ${MAX_DEPTH} deep). Store plain values.`
}

function isSerializable(value: unknown): boolean {
  try {
    JSON.stringify(value)
    return true
  } catch {
    return false
  }
}

/** Keeps an error's class and drops its message: V8 quotes the data in it. */
function nameOf(cause: unknown): string {
  return isError(cause) ? cause.name : typeof cause
}

function isTooDeep(text: string): boolean {
  if (text.length < 2 * MAX_DEPTH || !opensMoreThan(MAX_DEPTH, text)) return false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === QUOTE) at = endOfString(text, at)
    else if (char === OPEN_BRACE || char === OPEN_BRACKET) depth++
    else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) depth--
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/** Tells whether there are more opening braces and brackets than that: found by V8 in a tenth of the time that looking at each character takes. */
function opensMoreThan(count: number, text: string): boolean {
  let left = count
  for (const open of ['{', '[']) {
    for (let at = text.indexOf(open); at >= 0; at = text.indexOf(open, at + 1)) if (--left < 0) return true
  }
  return false
}

/** Where the string that begins here ends; the end of the text when it does not. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

const QUOTE = 34
const BACKSLASH = 92
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/** No session of ours holds one; what another hand put there would stand in the way of the verb for ever. */
function withoutReserved(data: DataObject): DataObject {
  for (const key of Object.keys(data)) {
    if (isReservedKey(key)) delete data[key]
  }
  return data
}

/** Leaves the key `__proto__` out of what `JSON.stringify` wrote, which spells it in one way alone. */
function withoutProto(text: string): string {
  return text.includes(PROTO) && PROTO_KEY.test(text) ? JSON.stringify(parseData(text)) : text
}

/** The pattern runs only on text that could spell the key. */
function holdsProto(text: string): boolean {
  return (text.includes(PROTO) || text.includes('\\u00')) && PROTO_KEY.test(text)
}
