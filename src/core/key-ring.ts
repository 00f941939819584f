import { equalInConstantTime, hmac, importKey, type SigningKey } from './crypto.ts'
import { ConfigError } from './errors.ts'

/** The shortest secret taken, in characters. */
export const MIN_SECRET_LENGTH = 32
const MIN_DISTINCT_CHARACTERS = 8
const FIX = "Make one with 'coatcheck secret' and give it through the environment, never in the source."

/** One secret, or several, newest first. Entries that are `undefined` are passed over, except the first. */
export type Secrets = string | readonly [string, ...(string | undefined)[]]

/** Which key of the ring a signature was made with. */
export type KeyAge = 'current' | 'older'

/**
 * The secrets, newest first: the first signs, all verify.
 *
 * To change the secret, put the new one in front and keep the old one behind it until the sessions signed
 * with it have come by or ended: their tickets are honoured and signed again.
 */
export class KeyRing {
  readonly #newest: SigningKey
  readonly #older: readonly SigningKey[]

  /**
   * Imports the secrets.
   * @throws {ConfigError} `ERR_CONFIG_INSECURE` no secret, one under 32 characters, or one too uniform to be random.
   */
  constructor(secret: Secrets, option: string) {
    const secrets = typeof secret === 'string' ? [secret] : Array.from<string | undefined>(secret ?? [])
    const keys: SigningKey[] = []
    for (const [index, one] of secrets.entries()) {
      // A missing first secret is a mistake; a missing older one was taken out of use.
      if (one !== undefined || index === 0)
        keys.push(keyOf(one, secrets.length > 1 ? `${option}[${index}]` : option))
    }
    const [newest, ...older] = keys
    if (newest === undefined) throw weak(option, 'is missing')
    this.#newest = newest
    this.#older = older
  }

  /** Signs with the newest key. */
  sign(text: string): string {
    return hmac(this.#newest, text)
  }

  /** Says how old the key is that made this signature; `null` when none of ours did. */
  verify(text: string, signature: string): KeyAge | null {
    if (equalInConstantTime(hmac(this.#newest, text), signature)) return 'current'
    return this.#older.some((key) => equalInConstantTime(hmac(key, text), signature)) ? 'older' : null
  }

  /** Keeps secrets out of logs. */
  toJSON(): string {
    return '[KeyRing]'
  }
}

function keyOf(secret: unknown, option: string): SigningKey {
  if (typeof secret !== 'string' || secret === '') throw weak(option, 'is missing or not a text')
  if (secret.length < MIN_SECRET_LENGTH) {
    throw weak(option, `has ${secret.length} characters; ${MIN_SECRET_LENGTH} is the least that is safe`)
  }
  if (new Set(secret).size < MIN_DISTINCT_CHARACTERS) {
    throw weak(option, 'repeats a few characters over and over, so it is not random')
  }
  return importKey(secret)
}

function weak(option: string, fault: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INSECURE', `${option} ${fault}. ${FIX}`)
}
