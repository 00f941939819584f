import { site } from '../suites/site.ts'

/** What workerd runs. */
export default {
  fetch: site({ SqliteSessionStore: 'workerd has no SQLite that a program can open' }),
}
