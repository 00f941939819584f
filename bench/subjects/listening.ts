import { createServer, type RequestListener } from 'node:http'

/** Serves with node:http on a free port of 127.0.0.1. */
export function listen(listener: RequestListener): Promise<{ port: number }> {
  const server = createServer(listener)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve({ port: address.port })
    })
  })
}
