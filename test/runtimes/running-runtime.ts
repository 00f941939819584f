import { freePort } from '../servers/free-port.ts'
import { type StartedProcess, startProcess } from '../servers/start-process.ts'

/** A runtime that serves the site of these tests. */
export interface RunningRuntime {
  url: string
  port: number
  process: StartedProcess
  /** Why several `Cookie` lines of one request do not reach the program as one. Default: they do. */
  separateCookieLines?: string
}

/**
 * Starts a program that serves the site, and waits until it does.
 * @param argsFor - Gives its arguments; it also finds the port in the environment, as `PORT`.
 * @param folder - A folder that is removed when it ends.
 */
export async function startOn(
  program: string,
  argsFor: (port: number) => string[],
  folder?: string,
): Promise<RunningRuntime> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const started = await startProcess(program, argsFor(port), {
    ready: async () => (await fetch(`${url}/suites`)).ok,
    // Cookies are to be as in production.
    env: { PORT: String(port), NODE_ENV: 'production' },
    ...(folder !== undefined && { folder }),
  })
  return { url, port, process: started }
}
