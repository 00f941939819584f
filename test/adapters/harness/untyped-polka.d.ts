declare module 'polka' {
  // It brings no types of its own. Here stands what the tests use.
  import type { IncomingMessage, ServerResponse } from 'node:http'

  type Next = (error?: unknown) => void
  type Handler = (request: IncomingMessage, response: ServerResponse, next: Next) => void

  interface Options {
    onError?: (error: unknown, request: IncomingMessage, response: ServerResponse, next: Next) => void
  }

  export interface Polka {
    use(...handlers: Handler[]): this
    use(path: string, app: Polka): this
    all(path: string, ...handlers: Handler[]): this
    get(path: string, ...handlers: Handler[]): this
    post(path: string, ...handlers: Handler[]): this
    readonly handler: (request: IncomingMessage, response: ServerResponse) => void
  }

  export default function polka(options?: Options): Polka
}
