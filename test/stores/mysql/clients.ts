import * as mariadb from 'mariadb'
import mysql, { type TypeCast } from 'mysql2/promise'
import type { MariadbClient, MysqlClient } from '../../../src/stores/mysql.ts'

/** A client of the user's, connected. */
export interface ConnectedClient {
  client: MysqlClient | MariadbClient
  end: () => Promise<void>
}

/** A set-up of mysql2, or of the mariadb connector. */
export interface ClientKind {
  name: string
  connect: (url: string) => Promise<ConnectedClient>
}

/** Parses what a column of JSON holds, which on MariaDB is a LONGTEXT: so an application may set up its client. */
export const parseJsonColumns: TypeCast = (field, next) => {
  if (field.type !== 'BLOB' || field.length !== 0xffff_ffff) return next()
  const text = field.string()
  return text === null ? null : JSON.parse(text)
}

/** Each set-up the store is run on. A test of types too: what the driver gives is taken without a cast. */
export const clientKinds: Record<'pool' | 'odd' | 'mariadbPool' | 'oddMariadb', ClientKind> = {
  pool: {
    name: 'a pool',
    connect: async (uri) => {
      const client = mysql.createPool({ uri, connectionLimit: 4 })
      return { client, end: () => client.end() }
    },
  },
  // Set up for an application's own needs: big numbers as texts, JSON parsed, matched rows that stay as they were not
  // counted.
  odd: {
    name: 'a connection with odd settings',
    connect: async (uri) => {
      const client = await mysql.createConnection({
        uri,
        supportBigNumbers: true,
        bigNumberStrings: true,
        namedPlaceholders: true,
        nestTables: true,
        typeCast: parseJsonColumns,
        flags: ['-FOUND_ROWS'],
      })
      return { client, end: () => client.end() }
    },
  },
  mariadbPool: {
    name: 'a pool of the mariadb connector',
    connect: async (url) => {
      const client = mariadb.createPool(mariadbSettings(url, { connectionLimit: 4 }))
      return { client, end: () => client.end() }
    },
  },
  oddMariadb: {
    name: 'a connection of the mariadb connector with odd settings',
    connect: async (url) => {
      const client = await mariadb.createConnection(
        mariadbSettings(url, {
          supportBigNumbers: true,
          bigNumberStrings: true,
          namedPlaceholders: true,
          nestTables: true,
          metaAsArray: true,
          queryTimeout: 5_000,
          typeCast: (_column, next) => String(next()),
          foundRows: false,
        }),
      )
      return { client, end: () => client.end() }
    },
  },
}

/** Gives the settings of the mariadb connector for a server's URL: it takes only URLs that begin with its own name. */
export function mariadbSettings<Settings>(url: string, settings: Settings) {
  const { hostname: host, port, username: user, password, pathname } = new URL(url)
  return { host, port: Number(port), user, password, database: pathname.slice(1), ...settings }
}
