import { equalInConstantTime } from './crypto.ts'
import { checkSecret } from './secret.ts'
import { SigningKey } from './signing-key.ts'

/** One secret, or several, newest first. Entries that are `undefined` are passed over, except the first. */
export type Secrets = string | readonly [string, ...(string | undefined)[]]

/** Which key of the ring a signature was made with. */
export type KeyAge = 'current' | 'older'

/**
 * The secrets, newest first: the first signs, all verify.
 *
 * To change the secret, put the new one in front and keep the old one behind it until the sessions signed
 * with it have come by or ended: their tickets are honoured and signed again. While servers are replaced one by one,
 * those that do not know the new secret yet would refuse its tickets: give it to all behind the old one first.
 */
export class KeyRing {
  readonly #newest: SigningKey
  readonly #older: readonly SigningKey[]

  /**
   * Imports the secrets.
   * @throws {ConfigError} `ERR_CONFIG_INSECURE` no secret, one under 32 characters, or one too uniform to be random.
   */
  constructor(secret: Secrets, option: string) {
    const [newest, ...older] = Array.isArray(secret) ? Array.from<unknown>(secret) : [secret]
    const place = (index: number): string => (older.length > 0 ? `${option}[${index}]` : option)
    this.#newest = keyOf(newest, place(0))
    // One that is undefined was taken out of use; a missing first one is a mistake.
    this.#older = older.flatMap((one, index) => (one === undefined ? [] : [keyOf(one, place(index + 1))]))
  }

  /** Whether older keys are honoured beside the newest. */
  get rotating(): boolean {
    return this.#older.length > 0
  }

  /** Signs with the newest key. */
  sign(message: Uint8Array): string {
    return this.#newest.sign(message)
  }

  /**
   * Says how old the key is that made this signature; `null` when none of ours did.
   * @param signature - The letters of the signature, one a byte.
   */
  verify(message: Uint8Array, signature: Uint8Array): KeyAge | null {
    if (equalInConstantTime(this.#newest.sign(message), signature)) return 'current'
    return this.#older.some((key) => equalInConstantTime(key.sign(message), signature)) ? 'older' : null
  }

  /** Keeps secrets out of logs. */
  toJSON(): string {
    return '[KeyRing]'
  }
}

function keyOf(secret: unknown, option: string): SigningKey {
  checkSecret(secret, option)
  return new SigningKey(secret)
}
