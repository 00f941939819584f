import { site } from '../suites/site.ts'
import type { WebHandler } from '../suites/visitor.ts'

/** What is used of Bun's globals. */
declare const Bun: {
  serve(options: { fetch: WebHandler; port: number; hostname: string; idleTimeout: number }): void
}

// A suite may take longer than the 10 s that Bun gives an answer.
Bun.serve({ fetch: site(), port: Number(process.env.PORT), hostname: '127.0.0.1', idleTimeout: 120 })
