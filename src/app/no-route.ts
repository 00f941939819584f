import type { Context, Hono } from 'hono'
import type { SessionEnv } from '../adapters/hono.ts'
import type { Exchange } from './exchange.ts'

/**
 * Answers a request no handler has answered: OPTIONS with the methods the path has, another method than those with
 * 405, the rest with 404.
 * @see RFC 9110 sections 9.3.7, 15.5.5 and 15.5.6
 */
export function answerNoRoute<Data extends object>(
  hono: Hono<SessionEnv<Data>>,
  { context, request, response }: Exchange<Data>,
): void {
  const allowed = allowedMethods(hono, context)
  if (request.method === 'OPTIONS' && allowed.length > 0) {
    response.status(204).set('allow', allowed.join(', ')).end()
  } else if (allowed.length > 0 && !allowed.includes(request.method)) {
    const error = `${request.method} is not possible here, only ${allowed.join(', ')}.`
    response.status(405).set('allow', allowed.join(', ')).json({ error })
  } else response.status(404).json({ error: 'Not Found' })
}

/** The methods with a route of their own for the path; middleware and `all` routes have none. */
function allowedMethods<Data extends object>(
  { router, routes }: Hono<SessionEnv<Data>>,
  context: Context<SessionEnv<Data>>,
): string[] {
  const known = new Set(routes.map((route) => route.method))
  const methods = [...known].filter((method) => {
    const [matches] = router.match(method, context.req.path)
    return method !== 'ALL' && matches.some(([[, route]]) => route.method === method)
  })
  if (methods.length === 0) return []
  const implied = methods.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS']
  return [...new Set([...methods, ...implied])]
}
