/** What a callback verb calls: with an error, or with nothing when all went well. */
export type SessionCallback = (error?: Error) => void

/** The keys of data that is one of several kinds: those that only some kinds have, too. */
type KeyOfAny<Data> = Data extends unknown ? keyof Data : never

/** The names of keys of data, whatever kind it is of. Both, for where the type is not known yet: the second is none then. */
type SessionKey<Data> = Extract<keyof Data | KeyOfAny<Data>, string>

/** What may stand under a key of data that is one of several kinds. */
type ValueOfAny<Data, Key extends PropertyKey> = Data extends unknown
  ? Key extends keyof Data
    ? Data[Key]
    : never
  : never

/** What {@link SessionVerbs.regenerate} carries over into the new session. */
export interface RegenerateOptions<Data extends object = Record<string, unknown>> {
  /** `true` keeps all data, a list keeps these top-level keys. Default: nothing. */
  keep?: true | readonly SessionKey<Data>[]
}

/** What every session can do and tell. None of it is enumerable: loops and spreads see your data only. */
export interface SessionVerbs<Data extends object> {
  /** The session's id: the store's key, safe to log. 43 base64url characters. Changes with `regenerate` and at sign-in. */
  readonly id: string
  /** Whether no record of this session is in the store yet. */
  readonly isNew: boolean
  /** When the session began, or its user last signed in. Milliseconds since the epoch. */
  readonly createdAt: number
  /** When the session ends if it is not used again after this request. Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Tells whether there is a value under this key. */
  has(key: SessionKey<Data>): boolean
  /** Gives the value under a key: the same as reading the property. */
  get<Key extends keyof Data>(key: Key): Data[Key] | undefined
  get<Key extends KeyOfAny<Data>>(key: Key): ValueOfAny<Data, Key> | undefined
  /**
   * Puts a value under a key: the same as assigning the property.
   * @throws {DataError} `ERR_DATA_KEY_RESERVED` or `ERR_DATA_NOT_SERIALIZABLE` the key is one of the session's own names, or JSON
   * cannot hold the value; nothing was changed.
   * @throws {UsageError} `ERR_SESSION_DESTROYED` after `destroy()`; nothing was changed.
   */
  set<Key extends keyof Data>(key: Key, value: Data[Key] | undefined): void
  set<Key extends KeyOfAny<Data>>(key: Key, value: ValueOfAny<Data, Key> | undefined): void
  /**
   * Wipes the data and ends this id. What is written afterwards starts a new session under a new id; if
   * nothing is, the record is destroyed and the cookie cleared when the response goes out.
   *
   * Where the session had ended meanwhile, in another request or from outside, no new one is started in its place: what
   * is written afterwards is dropped, with the event `discarded`. So it is with `regenerate`.
   */
  clear(): void
  /**
   * Gives the session a new id and empty data. The old id ends when the response goes out; requests
   * still using it save nothing.
   *
   * With a callback alone the framework's `session` property becomes a new object and the one you hold keeps the
   * old data; else the object you hold goes on as the new session.
   * @throws {UsageError} `ERR_HEADERS_SENT` too late to set a cookie; nothing was changed.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the options are neither of these; nothing was changed.
   * @see OWASP ASVS 5.0 7.2.4
   */
  regenerate(callback: SessionCallback): void
  regenerate(options?: RegenerateOptions<Data> | readonly SessionKey<Data>[]): Promise<void>
  regenerate(
    options: RegenerateOptions<Data> | readonly SessionKey<Data>[] | undefined,
    callback: SessionCallback,
  ): void
  /**
   * Ends the session now: once it answers, the record is gone everywhere. Reading gives nothing afterwards,
   * writing throws; `regenerate()` starts afresh.
   * @throws {StoreError} the store failed; the session may still live; safe to retry.
   */
  destroy(): Promise<void>
  destroy(callback: SessionCallback): void
  /**
   * Saves now instead of when the response goes out. Nothing is written when nothing has changed.
   * @throws {StoreError} the store failed; what was there before is untouched, or the save went through.
   * @throws {DataError} the data cannot be kept; nothing was saved.
   * @throws {UsageError} `ERR_HEADERS_SENT` the response has begun to leave, and what was changed needs a new cookie, as a sign-in
   * does; it was dropped.
   */
  save(): Promise<void>
  save(callback: SessionCallback): void
  /**
   * Drops unsaved changes and reads the session again. Empty afterwards when there is none, or none any more, which a callback gets as
   * an error (`ERR_SESSION_DESTROYED`): code for express-session lets nobody go on then.
   * @throws {StoreError} the store failed; the session is as it was, your changes included.
   */
  reload(): Promise<void>
  reload(callback: SessionCallback): void
  /** Counts this request as use, so that the idle timeout starts again. Reading or writing does the same. */
  touch(): void
  /**
   * Changes the data in one atomic step, over its newest state in the store, however many requests and
   * processes do so at once. Saved when it answers; your other unsaved changes stay as they are, but for those that
   * come with a `regenerate()` before it, which is saved first.
   *
   * Await it. A failure that nobody awaits fails the response if that already waits to leave; an earlier one is an unhandled
   * rejection, by which Node ends the process.
   * @param change - Changes the draft it is given. May run several times: no other effects in it. Others wait for it
   * to write, so it has 10 seconds, and cannot wait for another verb of the same session.
   * @returns `false` when the session had ended meanwhile; nothing was written.
   * @throws {ConfigError} `ERR_CONFIG_INVALID` the change is no function; nothing was written.
   * @throws {UsageError} `ERR_UPDATE_STUCK` the change had not ended after 10 seconds; nothing was written.
   * @throws {DataError} the data cannot be kept; nothing was written.
   * @throws {StoreError} the store failed; nothing was written, or the change went through.
   */
  update(change: (draft: Partial<Data>) => void | Promise<void>): Promise<boolean>
  /** Gives a copy of the data, and nothing else. */
  toJSON(): Partial<Data>
}
