/** What is used of workerd's own modules, with what the Workers of these tests are given. */
declare module 'cloudflare:workers' {
  import type { D1Database } from '@cloudflare/workers-types'

  /** The bindings of the Worker, also while its modules load. */
  export const env: { readonly DB: D1Database; readonly SESSION_SECRET: string }
}
