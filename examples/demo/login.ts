import type { AppResponse } from 'coatcheck/app'
import { type DemoApp, type DemoRequest, wantsPage } from './demo-session.ts'
import { type Html, html } from './html.ts'
import { notice, page } from './layout.ts'
import type { RememberedDevices } from './remembered-devices.ts'
import { DEMO_USERS, findUser, type User } from './users.ts'

/** Logs somebody in: writing `userId` gives the session a new id, without being asked. */
export function signIn(req: DemoRequest, user: User): void {
  req.session.userId = user.id
  req.session.email = user.email
  req.session.role = user.role
  req.session.loginAt = new Date().toISOString()
  req.session.browser = browserOf(req.get('user-agent') ?? '')
}

/** Adds login and logout, as a page and in JSON. */
export function addLogin(app: DemoApp, devices: RememberedDevices): void {
  app.get('/login', (req, res) => {
    if (req.session.userId !== undefined) return res.redirect('/dashboard')
    const message = req.query.needed === undefined ? null : notice('error', 'Please log in to see that page.')
    return res.html(page('Log in', req.session, form('', message)))
  })

  app.post('/login', async (req, res) => {
    const { email, password, rememberMe } = await req.body
    const user = await findUser(email, password)
    if (user === undefined) return refuse(req, res, email)
    signIn(req, user)
    if (rememberMe === true || rememberMe === 'on') devices.remember(user, res)
    return wantsPage(req) ? res.redirect(303, '/dashboard') : res.json({ success: true })
  })

  app.post('/logout', (req, res) => {
    devices.forget(req, res)
    req.session.clear()
    return wantsPage(req) ? res.redirect(303, '/login') : res.json({ message: 'Logged out successfully' })
  })
}

function refuse(req: DemoRequest, res: AppResponse, email: unknown): AppResponse {
  if (!wantsPage(req)) return res.status(401).json({ error: 'Invalid credentials' })
  const message = notice('error', 'Email and password do not go together. Try one of the pairs below.')
  return res.status(401).html(page('Log in', req.session, form(String(email ?? ''), message)))
}

function form(email: string, message: Html | null): Html {
  return html`<h1>Log in</h1>
${message}
<form class="panel" method="post" action="/login">
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="username" required value="${email}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<label class="check"><input name="rememberMe" type="checkbox"> Remember me on this device for 30 days</label>
<button>Log in</button>
</form>
<section>
<h2>Who you can be</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Email</th><th scope="col">Password</th><th scope="col">Role</th></tr></thead>
<tbody>${DEMO_USERS.map(
    (user) =>
      html`<tr><td><code>${user.email}</code></td><td><code>${user.password}</code></td><td>${user.role}</td></tr>`,
  )}</tbody>
</table></div>
</section>`
}

const BROWSERS = [
  ['Edge', /Edg/],
  ['Opera', /OPR/],
  ['Firefox', /Firefox/],
  ['Chrome', /Chrome/],
  ['Safari', /Safari/],
  ['curl', /^curl/],
] as const

function browserOf(userAgent: string): string {
  return BROWSERS.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? 'Another client'
}
