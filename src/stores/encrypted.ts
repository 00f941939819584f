import { type Awaitable, andThen } from '../core/awaitable.ts'
import { ConfigError } from '../core/errors.ts'
import { isOptions } from '../core/option-object.ts'
import type { SessionRecord } from '../core/record.ts'
import type { SessionStore, WriteOptions } from '../core/store.ts'
import { checkStore } from '../core/usable-store.ts'
import { importKeys } from './encrypted/key-ring.ts'
import { Vault } from './encrypted/vault.ts'
import { invalidOption, refuseUnknownOptions } from './options.ts'
import { unreadableRecord } from './unreadable-record.ts'

/** How {@link encrypted} is set up. */
export interface EncryptionOptions {
  /**
   * What data is encrypted with: a text of at least 32 random characters (`coatcheck secret` prints one), not the
   * one tickets are signed with. A list changes the key without logging anybody out: the first encrypts, all decrypt.
   * Where several processes are replaced one by one, in two steps: first `[OLD, NEW]` everywhere, then `[NEW, OLD]`.
   * Entries that are `undefined` or there twice are passed over.
   */
  keys: string | readonly [string, ...(string | undefined)[]]
  /**
   * Whether the store is to know a user by a keyed hash only. `sessions.user()` works either way. Default `false`:
   * the user's id is readable in the store. Changing it logs out everybody who is logged in.
   */
  hideUser?: boolean
}

/**
 * Wraps a store so that it never sees a session's data: AES-256-GCM, with a fresh nonce for each write.
 *
 * The wrapper has the abilities of the store underneath. Data is bound to its session's id, revision, birth and
 * user. What does not decrypt, also what was never encrypted, counts as no session and is told as `corrupt`. The
 * text the store keeps is a third longer than the data, plus 70 characters. The times of a session stay readable,
 * because a touch moves them without the data; `expiresAt` and `touchedAt` are not protected against who can write
 * to the store, nor is a whole record against being put back as it was.
 *
 * @param store - Any store. It belongs to the wrapper: `dispose` disposes it.
 * @throws {ConfigError} `ERR_CONFIG_INSECURE` a missing or weak key; `ERR_CONFIG_INVALID` the store is none, the
 * options are missing, or one of them is unknown or not usable.
 * @see NIST SP 800-38D; OWASP ASVS 5.0 V11.3
 */
export function encrypted(store: SessionStore, options: EncryptionOptions): SessionStore {
  checkArguments(store, options)
  const { keys, hideUser = false, ...unknown } = options
  refuseUnknownOptions('encrypted', unknown, 'keys and hideUser')
  if (typeof hideUser !== 'boolean') throw invalidOption('encrypted', 'hideUser', 'true or false', hideUser)
  return new EncryptedSessionStore(store, new Vault(importKeys(keys), hideUser))
}

/** Before anything else: of swapped arguments, the store's parts would look like unknown options. */
function checkArguments(store: unknown, options: unknown): void {
  if (!isStore(store)) throw unusable('the store to wrap, with get, set and destroy, as its first argument')
  checkStore(store, 'the store to wrap')
  if (!isOptions(options) || isStore(options)) throw unusable('an object with keys as its second argument')
}

function isStore(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return ['get', 'set', 'destroy'].every((name) => typeof Reflect.get(value, name) === 'function')
}

function unusable(needed: string): ConfigError {
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `encrypted needs ${needed}. Write encrypted(store, { keys: process.env.SESSION_ENCRYPTION_KEY }).`,
  )
}

type Ability<Name extends keyof SessionStore> = NonNullable<SessionStore[Name]>

class EncryptedSessionStore implements SessionStore {
  readonly #store: SessionStore
  readonly #vault: Vault
  declare readonly dispose?: Ability<'dispose'>
  declare readonly create?: Ability<'create'>
  declare readonly replace?: Ability<'replace'>
  declare readonly touch?: Ability<'touch'>
  declare readonly listByUser?: Ability<'listByUser'>
  declare readonly destroyByUser?: Ability<'destroyByUser'>
  declare readonly entries?: Ability<'entries'>
  declare readonly count?: Ability<'count'>
  declare readonly onEvict?: Ability<'onEvict'>

  /** Names the class in errors, also in minified code. */
  static get name(): string {
    return 'EncryptedSessionStore'
  }

  constructor(store: SessionStore, vault: Vault) {
    this.#store = store
    this.#vault = vault
    // The engine asks for abilities by presence: the wrapper has those that the store has, and no other.
    for (const name of ['dispose', 'touch', 'count', 'onEvict'] as const) {
      if (store[name]) Object.assign(this, { [name]: store[name].bind(store) })
    }
    if (store.create) this.create = sealing(vault, store.create.bind(store))
    if (store.replace) this.replace = sealing(vault, store.replace.bind(store))
    if (store.listByUser) this.listByUser = this.#listing(store.listByUser.bind(store))
    if (store.destroyByUser) this.destroyByUser = this.#revoking(store.destroyByUser.bind(store))
    if (store.entries) this.entries = this.#walking(store.entries.bind(store))
  }

  get(id: string): Awaitable<SessionRecord | null> {
    return andThen(this.#store.get(id), (stored) =>
      stored ? (this.#vault.open(id, stored) ?? unreadableRecord(id)) : null,
    )
  }

  set(id: string, record: SessionRecord, options: WriteOptions): Awaitable<void> {
    return this.#store.set(id, this.#vault.seal(id, record), options)
  }

  destroy(id: string): Awaitable<void> {
    return this.#store.destroy(id)
  }

  #listing(list: Ability<'listByUser'>): Ability<'listByUser'> {
    return async (user) => {
      // With nothing else: a store's own method may take more than the user.
      const found = await Promise.all(this.#vault.labelsOf(user).map((label) => list(label)))
      return this.#readable(found.flat())
    }
  }

  #revoking(destroy: Ability<'destroyByUser'>): Ability<'destroyByUser'> {
    return async (user, options) => {
      const [newest, ...older] = this.#vault.labelsOf(user)
      // One after another, the older ones first: a session that gets a new id meanwhile goes from an older label to the
      // newest, and looked for under both at once it could be under neither. And the older ones again: while keys are
      // changed there are processes to which another one is the newest.
      let removed = 0
      for (const label of [...older, newest, ...older]) removed += await destroy(label, options)
      return removed
    }
  }

  #walking(entries: Ability<'entries'>): Ability<'entries'> {
    return (options) =>
      andThen(entries(options), (page) => ({ ...page, records: this.#readable(page.records) }))
  }

  /** What does not open is no session, and must not keep the others from being listed. */
  #readable(stored: readonly SessionRecord[]): SessionRecord[] {
    return stored.map((record) => this.#vault.open(record.id, record)).filter((record) => record !== null)
  }
}

/** Makes of a method that writes a record one that writes it sealed. */
function sealing<O, R>(
  vault: Vault,
  write: (id: string, record: SessionRecord, options: O) => R,
): (id: string, record: SessionRecord, options: O) => R {
  return (id, record, options) => write(id, vault.seal(id, record), options)
}
