import { ConfigError } from '../../core/errors.ts'

/** SQL and the values in the places of its question marks, as a client takes them. */
export interface LibsqlStatement {
  /** The SQL, with question marks. */
  sql: string
  /** What stands in their places, in order. */
  args: (string | number | null)[]
}

/** What a statement gave, as far as the store looks at it. */
export interface LibsqlResult {
  /** Its rows. Each has its values by their places. */
  readonly rows: readonly unknown[]
  /** How many rows it changed. */
  readonly rowsAffected: unknown
}

/** A client of libSQL, as far as the store uses it: that of `@libsql/client` is one, and that of `@tursodatabase/serverless/compat`. */
export interface LibsqlClient {
  /** How it reaches its database: `'http'`, `'ws'` or `'file'`. */
  readonly protocol: string
  /** Runs a statement. */
  execute(statement: LibsqlStatement): Promise<LibsqlResult>
  /** Runs several as one transaction, in one round trip. */
  batch(statements: LibsqlStatement[], mode: 'write' | 'deferred'): Promise<LibsqlResult[]>
  /** Runs SQL without values, each statement ended. */
  executeMultiple(sql: string): Promise<void>
  /** Brings an embedded replica up to date. Called until it has told whether there is one, which the store refuses. */
  sync(): Promise<unknown>
}

/**
 * Takes the user's client.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is none of libSQL; the message says what it looks like.
 */
export function libsqlClient(value: unknown): LibsqlClient {
  if (isLibsqlClient(value)) return value
  throw new ConfigError('ERR_CONFIG_INVALID', `LibsqlSessionStore ${reasonAgainst(value)}`)
}

const METHODS = ['execute', 'batch', 'executeMultiple', 'sync']

/** What has whatever it is asked for, such as the stub of a service, has a `prepare` too. */
function isLibsqlClient(value: unknown): value is LibsqlClient {
  return METHODS.every((name) => hasMethod(value, name)) && !hasMethod(value, 'prepare')
}

function reasonAgainst(value: unknown): string {
  if (value === undefined || value === null)
    return "was given no client. Give it createClient({ url, authToken }) of '@libsql/client'."
  // Not shown: a URL may hold a token.
  if (typeof value === 'string')
    return "was given a text. Give it a client of that URL: createClient({ url, authToken }) of '@libsql/client'."
  if (hasMethod(value, 'then')) return 'was given a promise. Await it, and give what it gives.'
  if (isLibsqlClient(Reflect.get(Object(value), '$client')))
    return 'was given a Drizzle database. Give it the client underneath: db.$client.'
  if (hasMethod(value, 'prepare')) return reasonAgainstDatabase(value)
  return "needs a client: createClient({ url, authToken }) of '@libsql/client'."
}

/** These have statements that are prepared, which a client of libSQL has not. */
function reasonAgainstDatabase(value: unknown): string {
  if (hasMethod(value, 'batch') && hasMethod(value, 'withSession'))
    return 'was given a D1 database. For that there is D1SessionStore, of coatcheck/stores/d1.'
  if (hasMethod(value, 'batch') && hasMethod(value, 'iterate'))
    return "was given a connection of Turso's that is no client. Give it createClient({ url, authToken }) of '@tursodatabase/serverless/compat' or of '@libsql/client'."
  return "was given a database in a file. Give it createClient({ url }) of '@libsql/client', or use SqliteSessionStore, of coatcheck/stores/sqlite, with the path of the file."
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
}
