/**
 * Gives the SQL that makes the table unless it is there. Its name comes quoted.
 *
 * The collation compares byte by byte, so that ids and users differing in case stay apart. Of the user, the index
 * holds the first 191 characters: user ids may be of any length, keys of an index may not.
 */
export function mysqlSchema(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (
  id VARCHAR(191) NOT NULL PRIMARY KEY,
  data LONGTEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  user_id TEXT,
  dies_at BIGINT NOT NULL,
  KEY user_id (user_id(191)),
  KEY dies_at (dies_at)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
`
}
