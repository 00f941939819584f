import { afterAll, beforeAll } from 'vitest'
import { contentionSuite } from '../sql/contention-suite.ts'
import type { SqlServer } from '../sql/sql-subject.ts'
import { startPostgresSubject } from './subject.ts'

let server: SqlServer
beforeAll(async () => {
  server = await startPostgresSubject()
  await server.ask("ALTER ROLE postgres SET default_transaction_isolation = 'serializable'")
})
afterAll(() => server?.stop())

contentionSuite(
  { name: 'PostgresSessionStore under SERIALIZABLE', server: () => server },
  `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
     'BEGIN PERFORM pg_sleep(0.005); RETURN NEW; END';
   CREATE TRIGGER slow BEFORE UPDATE ON coatcheck_sessions FOR EACH ROW EXECUTE FUNCTION slow()`,
)
