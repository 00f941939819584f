import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import type { SessionRecord } from '../../core/record.ts'
import type { VaultKey } from './key-ring.ts'

/*
 * What stands in a record's `data` is
 *
 *   enc1.<name of the key>.<nonce>.<ciphertext and tag>
 *
 * with the last three in base64url. Inside is the record's user as JSON (nothing for none), a line feed, and the
 * data. The id, the revision and the birth of the record are authenticated with it: what is taken from another
 * record, from an older revision or from a record made to look younger does not open.
 */

const VERSION = 'enc1'
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Locks records' data away, and opens what it locked. */
export class Vault {
  readonly #keys: readonly [VaultKey, ...VaultKey[]]
  readonly #hideUser: boolean

  /** @param keys - Newest first: the first locks, all open. */
  constructor(keys: readonly [VaultKey, ...VaultKey[]], hideUser: boolean) {
    this.#keys = keys
    this.#hideUser = hideUser
  }

  /** Gives the record as the store is to keep it under this id. */
  seal(id: string, record: SessionRecord): SessionRecord {
    const [key] = this.#keys
    const { user, data } = record
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, recordKey(key, id), nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(boundTo(id, record))
    const inside = `${user === undefined ? '' : JSON.stringify(user)}\n${data}`
    const body = Buffer.concat([cipher.update(inside, 'utf8'), cipher.final(), cipher.getAuthTag()])
    const text = [VERSION, key.name, nonce.toString('base64url'), body.toString('base64url')].join('.')
    return withData(record, text, user === undefined ? undefined : this.#label(key, user))
  }

  /** Gives the record that was sealed under this id; `null` when this is none, or none of our keys made it. */
  open(id: string, stored: SessionRecord): SessionRecord | null {
    // Not trusted to be texts: they may have been written by anybody.
    if (typeof stored.data !== 'string' || typeof id !== 'string') return null
    const [version, name, nonce, body, ...more] = stored.data.split('.')
    if (version !== VERSION || more.length > 0) return null
    const [nonceBytes, bodyBytes] = [bytesOf(nonce), bytesOf(body)]
    if (nonceBytes?.length !== NONCE_BYTES || bodyBytes === null) return null
    for (const key of this.#keys) {
      if (key.name !== name) continue
      const inside = decrypt(recordKey(key, id), nonceBytes, bodyBytes, boundTo(id, stored))
      if (inside !== null) return this.#unpack(key, stored, inside)
    }
    return null
  }

  /** Gives what the store may know a user by, the newest first. */
  labelsOf(user: string): [string, ...string[]] {
    const [newest, ...older] = this.#keys
    return this.#hideUser
      ? [this.#label(newest, user), ...older.map((key) => this.#label(key, user))]
      : [user]
  }

  #unpack(key: VaultKey, stored: SessionRecord, inside: string): SessionRecord | null {
    const end = inside.indexOf('\n')
    const user: unknown = end > 0 ? JSON.parse(inside.slice(0, end)) : undefined
    const owner = typeof user === 'string' ? user : undefined
    // A record that the index has under another name could not be found when its user is to be logged out.
    if (stored.user !== (owner === undefined ? undefined : this.#label(key, owner))) return null
    return withData(stored, inside.slice(end + 1), owner)
  }

  #label(key: VaultKey, user: string): string {
    if (!this.#hideUser) return user
    // As JSON, where a lone surrogate is written out: in UTF-8 all of them would be the same.
    return createHmac('sha256', key.labelling).update(JSON.stringify(user)).digest('base64url')
  }
}

/**
 * Each session has a key of its own, so that the random nonces of all together need not be distinct: under one key
 * they are safe for 2^32 writes, which a busy server makes in weeks.
 * @see NIST SP 800-38D section 8.3
 */
function recordKey(key: VaultKey, id: string): Buffer {
  return createHmac('sha256', key.sealing).update(JSON.stringify(id)).digest()
}

function boundTo(id: string, { revision, createdAt }: SessionRecord): Buffer {
  return Buffer.from(JSON.stringify([VERSION, id, revision, createdAt]))
}

function decrypt(key: Buffer, nonce: Buffer, body: Buffer, bound: Buffer): string | null {
  // The tag's length is fixed: a shorter one could be guessed.
  if (body.length < TAG_BYTES) return null
  const end = body.length - TAG_BYTES
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(bound)
  decipher.setAuthTag(body.subarray(end))
  const start = decipher.update(body.subarray(0, end))
  try {
    return Buffer.concat([start, decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

/** Reads base64url as we write it; `null` for anything else, which Buffer would read all the same. */
function bytesOf(text: string | undefined): Buffer | null {
  if (text === undefined) return null
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

function withData(record: SessionRecord, data: string, user: string | undefined): SessionRecord {
  const { user: _replaced, ...rest } = record
  return user === undefined ? { ...rest, data } : { ...rest, data, user }
}
