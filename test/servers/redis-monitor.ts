import { once } from 'node:events'
import { connect } from 'node:net'
import type { RedisServer } from './redis.ts'

/** What a client sent, as the server saw it: the command's name in capitals, and its arguments. */
export interface SeenCommand {
  name: string
  args: string[]
}

// 1700000000.123456 [0 127.0.0.1:5000] "get" "key"     and     … [0 lua] "get" "key" for what a script did.
const LINE = /^\+?\d+\.\d+ \[\d+ (\S+)\] (.*)$/

function parse(line: string): SeenCommand | undefined {
  const [, from, rest] = LINE.exec(line) ?? []
  if (from === undefined || rest === undefined || from === 'lua') return undefined
  const words = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '')
  const [name = '', ...args] = words
  return { name: name.toUpperCase(), args }
}

/** Gives the commands clients sent to a server while `work` ran, counted by the server itself (MONITOR). */
export async function commandsDuring(server: RedisServer, work: () => unknown): Promise<SeenCommand[]> {
  const socket = connect({ host: '127.0.0.1', port: server.port })
  await once(socket, 'connect')
  let seen = ''
  let wake = (): void => {}
  socket.on('data', (chunk: Buffer) => {
    seen += chunk.toString()
    wake()
  })
  const until = async (text: string): Promise<void> => {
    while (!seen.includes(text)) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  try {
    socket.write('MONITOR\r\n')
    await until('+OK')
    await work()
    await server.ask('ECHO', 'end-of-watch') // behind it, nothing of the work can come any more
    await until('end-of-watch')
  } finally {
    socket.destroy()
  }
  const commands = seen.split('\r\n').flatMap((line) => parse(line) ?? [])
  const HANDSHAKE = new Set(['HELLO', 'CLIENT', 'ECHO', 'INFO', 'COMMAND'])
  return commands.filter((command) => !HANDSHAKE.has(command.name))
}
