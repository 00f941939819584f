import type { Handler } from 'coatcheck/app'
import { type DemoSession, wantsPage } from './demo-session.ts'
import { html } from './html.ts'
import { page } from './layout.ts'

/** Lets only those in who are logged in. */
export const requireAuth: Handler<DemoSession> = async (req, res, next) => {
  if (!req.session.has('userId')) {
    if (wantsPage(req)) return res.redirect('/login?needed=1')
    return res.status(401).json({ error: 'Authentication required' })
  }
  await next()
}

/** Lets only admins in. */
export const requireAdmin: Handler<DemoSession> = async (req, res, next) => {
  if (req.session.role !== 'admin') {
    res.status(403)
    if (!wantsPage(req)) return res.json({ error: 'Admin only' })
    const content = html`<h1>Admin only</h1>
<p>You are logged in as <strong>${req.session.email ?? 'nobody'}</strong>, whose role does not open this page. <code>ada@example.com</code> has one that does.</p>
<p class="actions"><a class="button" href="/dashboard">Back to your dashboard</a></p>`
    return res.html(page('Admin only', req.session, content))
  }
  await next()
}
