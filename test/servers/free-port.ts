import { createServer } from 'node:net'

// Below the range Linux hands out to outgoing connections (32768 and up), so that a port found free here is
// not taken by a client before the server binds it.
const LOWEST = 12_000
const HIGHEST = 32_000
const ATTEMPTS = 50

const given = new Set<number>()

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/**
 * Gives a TCP port of 127.0.0.1 on which nothing listens, and never the same one twice in a process.
 * @throws {Error} when 50 random ports were all taken.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if (given.has(port)) continue
    given.add(port)
    if (await canListen(port)) return port
  }
  throw new Error(`No free port between ${LOWEST} and ${HIGHEST} on 127.0.0.1 after ${ATTEMPTS} attempts.`)
}
