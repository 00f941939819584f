import type { Context } from 'hono'
import type { SessionEnv } from '../adapters/hono.ts'
import type { DirectRouter } from './direct-router.ts'
import type { Exchange } from './exchange.ts'

/**
 * Answers a request no handler has answered: OPTIONS with the methods the path has, another method than those with
 * 405, the rest with 404.
 * @see RFC 9110 sections 9.3.7, 15.5.5 and 15.5.6
 */
export function answerNoRoute<Data extends object>(
  routes: DirectRouter<Data>,
  { context, request, response }: Exchange<Data>,
): void {
  const allowed = allowedMethods(routes, context)
  if (request.method === 'OPTIONS' && allowed.length > 0) {
    response.status(204).set('allow', allowed.join(', ')).end()
  } else if (allowed.length > 0 && !allowed.includes(request.method)) {
    const error = `${request.method} is not possible here, only ${allowed.join(', ')}.`
    response.status(405).set('allow', allowed.join(', ')).json({ error })
  } else response.status(404).json({ error: 'Not Found' })
}

function allowedMethods<Data extends object>(
  routes: DirectRouter<Data>,
  context: Context<SessionEnv<Data>>,
): string[] {
  const methods = routes.methodsOf(context.req.path)
  if (methods.length === 0) return []
  const implied = methods.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS']
  return [...new Set([...methods, ...implied])]
}
