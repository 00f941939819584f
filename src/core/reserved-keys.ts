import { DataError } from './errors.ts'
import type { ReservedKey } from './storable-data.ts'

// Typed as a full list, so that a new verb that is forgotten here does not compile.
const RESERVED: { [Key in ReservedKey]: true } = {
  id: true,
  isNew: true,
  createdAt: true,
  expiresAt: true,
  has: true,
  get: true,
  set: true,
  clear: true,
  regenerate: true,
  destroy: true,
  save: true,
  reload: true,
  touch: true,
  update: true,
  toJSON: true,
  constructor: true,
  // Quoted, this one would set the table's prototype.
  ['__proto__']: true,
}

// Not the table itself: a Set is asked in under half the time (Node 24), and each use of a session asks.
const KEYS: ReadonlySet<string> = new Set(Object.keys(RESERVED))

/** Tells whether a key belongs to the session itself and can never be data. */
export function isReservedKey(key: string): boolean {
  return KEYS.has(key)
}

/** Describes the use of a reserved key. */
export function reservedKeyError(key: string | symbol): DataError {
  return new DataError(
    'ERR_DATA_KEY_RESERVED',
    `'${String(key)}' belongs to the session itself and cannot be a data key. Nothing was changed; choose another name.`,
  )
}

/**
 * Refuses data with a reserved key at its top level.
 * @throws {DataError} `ERR_DATA_KEY_RESERVED` nothing was saved.
 */
export function rejectReservedKeys(data: object): void {
  for (const key of Object.keys(data)) {
    if (isReservedKey(key)) throw reservedKeyError(key)
  }
}
