import { createApp } from 'coatcheck/app'
import { MemorySessionStore } from 'coatcheck/stores/memory'
import { addAdmin } from './admin.ts'
import { addAssets } from './assets.ts'
import { addCart } from './cart.ts'
import { addCounter } from './counter.ts'
import { addDashboard } from './dashboard.ts'
import type { DemoApp, DemoSession } from './demo-session.ts'
import { addErrorPages } from './error-pages.ts'
import { addHome } from './home.ts'
import { addLogin } from './login.ts'
import { RememberedDevices } from './remembered-devices.ts'
import { addTimeout } from './timeout.ts'

/** What the demo is started with. */
export interface DemoOptions {
  sessionSecret: string
  /** Whether its cookies travel over HTTPS only. */
  secureCookies: boolean
}

/** Builds the demo: a small site that shows what sessions are good for, a file a feature. */
export function createDemo({ sessionSecret, secureCookies }: DemoOptions): DemoApp {
  const shared = { sessionSecret, secureCookies, sessionStore: new MemorySessionStore() }
  const app = createApp<DemoSession>({ ...shared, session: { idleTimeout: '30m', absoluteTimeout: '8h' } })
  const devices = new RememberedDevices(secureCookies)
  addAssets(app)
  app.use(devices.middleware)
  addHome(app)
  addCounter(app)
  addLogin(app, devices)
  addDashboard(app, devices)
  addAdmin(app)
  addCart(app)
  addTimeout(app, shared)
  addErrorPages(app)
  return app
}
