import type { DefaultData } from '../core/session-data.ts'
import type { StorableData } from '../core/storable-data.ts'
import { App } from './app.ts'
import type { AppOptions } from './app-options.ts'

/**
 * Makes an Express-style app with sessions built in.
 *
 * @example
 * const app = createApp<{ count: number }>({ sessionSecret: process.env.SESSION_SECRET })
 * app.get('/counter', (req, res) => {
 *   req.session.count = (req.session.count ?? 0) + 1
 *   res.json({ visits: req.session.count })
 * })
 * await app.listen(3000)
 *
 * @throws {ConfigError} `ERR_CONFIG_INSECURE` a weak or missing secret, or a cookie browsers would refuse;
 * `ERR_CONFIG_INVALID` an unknown option or an unusable value; `ERR_PEER_MISSING` a Hono older than 4.12.29. The message names the
 * option and the fix.
 */
export function createApp<Data extends StorableData<Data> & object = DefaultData>(
  options: AppOptions<Data>,
): App<Data> {
  return new App<Data>(options)
}
