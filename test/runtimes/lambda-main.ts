import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

/** What API Gateway hands a function for a request to an HTTP API, in its format 2.0. */
interface GatewayEvent {
  version: '2.0'
  rawPath: string
  rawQueryString: string
  queryStringParameters: Record<string, string>
  cookies?: string[]
  headers: Record<string, string>
  requestContext: { http: { method: string; path: string } }
  body: string
  isBase64Encoded: false
}

interface GatewayAnswer {
  statusCode: number
  headers: Record<string, string>
  cookies?: string[]
  body: string
  isBase64Encoded: boolean
}

async function eventOf(request: IncomingMessage): Promise<GatewayEvent> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const { cookie, ...headers } = request.headers
  return {
    version: '2.0',
    rawPath: pathname,
    rawQueryString: searchParams.toString(),
    queryStringParameters: Object.fromEntries(searchParams),
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    requestContext: { http: { method: request.method ?? 'GET', path: pathname } },
    body: await text(request),
    isBase64Encoded: false,
  }
}

/** Serves a function of AWS Lambda, as API Gateway does. Takes the path of its module, and a port on loopback. */
const [, , path = '', port] = process.argv
const { handler }: { handler: (event: GatewayEvent, context: object) => Promise<GatewayAnswer> } =
  await import(path)

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { statusCode, headers, cookies, body, isBase64Encoded } = await handler(await eventOf(request), {})
  const lines = { ...headers, ...(cookies !== undefined && { 'set-cookie': cookies }) }
  response.writeHead(statusCode, lines).end(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'))
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error)
    response.writeHead(502).end()
  })
})
server.listen(Number(port), '127.0.0.1')
