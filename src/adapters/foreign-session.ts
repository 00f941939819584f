import { ConfigError } from '../core/errors.ts'
import { isSetByOthers, type SessionHolder } from './shown-session.ts'

/**
 * Makes the error for a request that has a session of another middleware already: express-session finds it by `req.session` when the
 * response leaves, and would take ours for it; cookie-session would write what is put there into its cookie, for the visitor to read.
 * @returns `null` when there is none.
 */
export function foreignSessionError(request: SessionHolder): ConfigError | null {
  const owner = ownerOf(request)
  if (owner === null) return null
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `req.session belongs to ${owner}, which is mounted above coatcheck/express. One request can have one of them: mount the routes with coatcheck first, as app.use('/new', session(sessions), routes), and the other middleware behind them.`,
  )
}

function ownerOf(request: SessionHolder): string | null {
  if (Object.hasOwn(request, 'sessionStore')) return 'express-session'
  return isSetByOthers(request) ? 'cookie-session, or another middleware that sets it by a setter' : null
}
