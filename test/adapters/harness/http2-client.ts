import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { Readable } from 'node:stream'

/** Speaks HTTP/2 without TLS, and shows responses as `fetch` does. */
export class Http2Client {
  readonly #session: ClientHttp2Session

  /** Connects to an origin. */
  constructor(origin: string) {
    this.#session = connect(origin)
    // Requests meet the error themselves.
    this.#session.on('error', () => {})
  }

  /** Sends a request as `fetch` does. */
  fetch(url: string, { method = 'GET', headers, signal }: RequestInit): Promise<Response> {
    const { pathname, search } = new URL(url)
    return this.#request(method, pathname + search, Object.fromEntries(new Headers(headers)), signal)
  }

  /** Sends a GET and gives the body. Several values of a header are fields of their own. */
  async get(path: string, headers: OutgoingHttpHeaders): Promise<string> {
    const response = await this.#request('GET', path, headers)
    return response.text()
  }

  #request(
    method: string,
    path: string,
    headers: OutgoingHttpHeaders,
    signal?: AbortSignal | null,
  ): Promise<Response> {
    const stream = this.#session.request({ ...headers, ':method': method, ':path': path })
    signal?.addEventListener('abort', () => stream.close())
    stream.end()
    return new Promise((resolve, reject) => {
      stream.on('error', reject)
      stream.on('close', () => reject(new Error('The stream was closed before its headers came.')))
      stream.on('response', (received) => resolve(responseOf(method, received, stream)))
    })
  }

  /** Ends the connection. */
  close(): void {
    this.#session.destroy()
  }
}

function responseOf(method: string, received: IncomingHttpHeaders, stream: ClientHttp2Stream): Response {
  const headers = new Headers()
  for (const [name, value] of Object.entries(received)) {
    if (name.startsWith(':') || value === undefined) continue
    for (const line of [value].flat()) headers.append(name, line)
  }
  const status = Number(received[':status'])
  const bodiless = method === 'HEAD' || status === 204 || status === 304
  if (bodiless) stream.resume()
  return new Response(bodiless ? null : Readable.toWeb(stream), { status, headers })
}
