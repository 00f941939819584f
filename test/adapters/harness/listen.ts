import { once } from 'node:events'
import { type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ServedApp } from '../../../src/testing/adapter-app.ts'

/** Starts a server on a free loopback port. */
export async function listen(server: Server): Promise<ServedApp> {
  const port = await portOf(server)
  return {
    origin: `http://127.0.0.1:${port}`,
    getWithCookieFields: (path, cookies) => getWithCookieFields(port, path, cookies),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Lets a server listen on a free loopback port. */
export async function portOf(server: NetServer): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return portFrom(server.address())
}

/** Reads the port out of a server's address. */
export function portFrom(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}

/** Sends a GET over HTTP/1 with several `Cookie` fields, and gives the body. */
export async function getWithCookieFields(
  port: number,
  path: string,
  cookies: readonly string[],
): Promise<string> {
  const headers = ['Host', 'localhost', ...cookies.flatMap((cookie) => ['Cookie', cookie])]
  const outgoing = request({ host: '127.0.0.1', port, path, headers, agent: false }).end()
  const [response]: IncomingMessage[] = await once(outgoing, 'response')
  return response === undefined ? '' : text(response)
}
