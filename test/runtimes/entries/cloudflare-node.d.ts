/** What is used of workerd's own modules. */
declare module 'cloudflare:node' {
  /** Hands a request to the `node:http` server that listens on this port, inside the Worker. */
  export function handleAsNodeRequest(port: number, request: Request): Promise<Response>
}
