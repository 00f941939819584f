import { serveStatic } from 'hono/bun'
import { getWithCookieFields } from '../../adapters/harness/listen.ts'
import { subjectsOn } from '../suites/adapters.ts'
import { site } from '../suites/site.ts'

/** What is used of Bun's globals. */
declare const Bun: {
  serve(options: {
    fetch: (request: Request) => Response | Promise<Response>
    port: number
    hostname: string
    idleTimeout?: number
  }): { port: number; stop(closeActiveConnections: boolean): Promise<void> }
}

const subjects = subjectsOn({
  serve: (fetch) => {
    const server = Bun.serve({ fetch, port: 0, hostname: '127.0.0.1' })
    return {
      origin: `http://127.0.0.1:${server.port}`,
      getWithCookieFields: (path, cookies) => getWithCookieFields(server.port, path, cookies),
      close: () => server.stop(true),
    }
  },
  serveStatic,
})

const fetch = site({ subjects: Object.values(subjects) })
// A suite may take longer than the 10 s that Bun gives an answer.
Bun.serve({ fetch, port: Number(process.env.PORT), hostname: '127.0.0.1', idleTimeout: 120 })
