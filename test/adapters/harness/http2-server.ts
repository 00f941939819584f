import type { Http2Server, ServerHttp2Session } from 'node:http2'
import { portOf } from './listen.ts'

/** A server of HTTP/2 without TLS, on a free loopback port. */
export interface ListeningHttp2 {
  origin: string
  close(): Promise<void>
}

/** Starts a server. Its `close` also ends connections: Node's own waits for those of clients that went away. */
export async function listenHttp2(server: Http2Server): Promise<ListeningHttp2> {
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  return {
    origin: `http://127.0.0.1:${await portOf(server)}`,
    close: async () => {
      for (const session of sessions) session.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
