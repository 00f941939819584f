import { keyInJson } from '../core/json-key.ts'
import { dropProto, visitObjects } from '../core/json-objects.ts'
import type { ParsedJson } from '../core/session-data.ts'
import { HttpError } from './http-error.ts'

// Only a body with either key is worth a walk over it.
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
    const body: ParsedJson = JSON.parse(text)
    if (SUSPICIOUS.test(text)) visitObjects(body, dropPrototypes)
    return body
  } catch (cause) {
    throw new HttpError(400, 'The request body is not valid JSON.', { cause })
  }
}

function dropPrototypes(object: object): void {
  dropProto(object)
  if (Object.hasOwn(object, 'constructor') && hasPrototypeKey(Reflect.get(object, 'constructor')))
    Reflect.deleteProperty(object, 'constructor')
}

function hasPrototypeKey(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}
