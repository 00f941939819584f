import { engineFlows } from '../flows.ts'
import { serveRest } from './served-rest.ts'

const served = serveRest()
let prefixes = 0

engineFlows('RedisSessionStore over HTTP', () => ({ store: served.open({ prefix: `flow-${++prefixes}:` }) }))
