import { afterAll, beforeAll } from 'vitest'
import { type SqldServer, startSqld } from '../../servers/sqld.ts'

/** Starts a server for the tests of a file. To be asked for from within a test or a hook. */
export function serveSqld(): () => SqldServer {
  let server: SqldServer | undefined
  beforeAll(async () => {
    server = await startSqld()
  })
  afterAll(() => server?.stop())
  return () => {
    if (server === undefined) throw new Error('The server has not started yet.')
    return server
  }
}
