import { serveStatic } from 'hono/deno'
import { getWithCookieFields } from '../../adapters/harness/listen.ts'
import { subjectsOn } from '../suites/adapters.ts'
import { site } from '../suites/site.ts'

/** What is used of Deno's globals. */
declare const Deno: {
  env: { get(name: string): string | undefined }
  serve(
    options: { port: number; hostname: string; onListen?: () => void },
    handler: (request: Request) => Response | Promise<Response>,
  ): { addr: { port: number }; shutdown(): Promise<void> }
}

const hostname = '127.0.0.1'
const subjects = subjectsOn({
  serve: (handler) => {
    const server = Deno.serve({ port: 0, hostname, onListen: () => {} }, handler)
    const { port } = server.addr
    return {
      origin: `http://${hostname}:${port}`,
      getWithCookieFields: (path, cookies) => getWithCookieFields(port, path, cookies),
      close: () => server.shutdown(),
    }
  },
  serveStatic,
})

Deno.serve({ port: Number(Deno.env.get('PORT')), hostname }, site({ subjects: Object.values(subjects) }))
