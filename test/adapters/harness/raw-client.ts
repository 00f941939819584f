import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A connection that shows what has come over it, byte for byte. */
export class RawClient {
  readonly socket: Socket
  /** Everything that has come so far. */
  received = ''
  #arrived = Promise.withResolvers<void>()
  #closed = false

  /** Connects to a port of this machine, until the test is over. */
  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.setEncoding('latin1')
    this.socket.on('data', (chunk) => this.#note(String(chunk)))
    this.socket.on('close', () => {
      this.#closed = true
      this.#note('')
    })
    this.socket.on('error', () => {})
    onTestFinished(() => void this.socket.destroy())
  }

  /** Sends a request without a body. */
  get(path: string, ...fields: string[]): void {
    this.socket.write([`GET ${path} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n'))
  }

  /** Waits until this has come. */
  async until(expected: string | RegExp): Promise<string> {
    const here = (): boolean =>
      typeof expected === 'string' ? this.received.includes(expected) : expected.test(this.received)
    while (!here()) {
      if (this.#closed) throw new Error(`The connection was closed after: ${this.received}`)
      await this.#arrived.promise
    }
    return this.received
  }

  /** Waits until the server has closed the connection. */
  async untilClosed(): Promise<string> {
    while (!this.#closed) await this.#arrived.promise
    return this.received
  }

  #note(chunk: string): void {
    this.received += chunk
    this.#arrived.resolve()
    this.#arrived = Promise.withResolvers()
  }
}
