import { keyInJson } from '../core/json-key.ts'
import type { ParsedJson } from '../core/session-data.ts'
import { HttpError } from './http-error.ts'

// Only a body with either key is worth the cost of the slower way.
const SUSPICIOUS = keyInJson('__proto__', 'constructor')

/**
 * Parses a JSON body: an object or a list.
 *
 * Keys that reach an object's prototype when somebody merges the body into another object are left out:
 * `__proto__`, and a `constructor` that holds a `prototype`.
 *
 * @throws {HttpError} 400 malformed, or neither an object nor a list, which handlers that read `body.name` would trip over.
 */
export function parseJsonBody(text: string): ParsedJson {
  const body = parse(text)
  if (typeof body === 'object' && body !== null) return body
  throw new HttpError(400, 'The request body must be a JSON object or a JSON list.')
}

function parse(text: string): ParsedJson {
  try {
    return SUSPICIOUS.test(text) ? JSON.parse(text, withoutPrototypes) : JSON.parse(text)
  } catch (cause) {
    throw new HttpError(400, 'The request body is not valid JSON.', { cause })
  }
}

function withoutPrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') return undefined
  return key === 'constructor' && hasPrototypeKey(value) ? undefined : value
}

function hasPrototypeKey(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}
