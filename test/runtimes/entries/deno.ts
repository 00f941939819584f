import { site } from '../suites/site.ts'
import type { WebHandler } from '../suites/visitor.ts'

/** What is used of Deno's globals. */
declare const Deno: {
  env: { get(name: string): string | undefined }
  serve(options: { port: number; hostname: string }, handler: WebHandler): void
}

Deno.serve({ port: Number(Deno.env.get('PORT')), hostname: '127.0.0.1' }, site())
