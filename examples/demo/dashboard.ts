import type { SessionSummary } from 'coatcheck'
import { type DemoApp, type DemoSession, wantsPage } from './demo-session.ts'
import { requireAuth } from './guards.ts'
import { type Html, html } from './html.ts'
import { countdown, notice, page } from './layout.ts'
import type { RememberedDevices } from './remembered-devices.ts'

/** Adds the page behind the login, with the list of one's own sessions. */
export function addDashboard(app: DemoApp, devices: RememberedDevices): void {
  app.get('/dashboard', requireAuth, async (req, res) => {
    const { id, userId = '', email = '' } = req.session
    if (!wantsPage(req)) return res.json({ user: email, loggedIn: true })
    // Notes this visit as use now and not when the page leaves, so that the countdown counts from here.
    await req.session.save()
    const sessions = await app.sessions.user(userId).list()
    const { ended } = req.query
    const content = html`<h1>Hello, ${email}</h1>
${ended === undefined ? null : notice('done', `Other sessions ended: ${String(ended)}.`)}
<p>Unless you come back, this session ends in ${countdown(req.session.expiresAt - Date.now())}. Each visit starts that anew, for eight hours at most.</p>
<section>
<h2>Where you are logged in</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Browser</th><th scope="col">Since (UTC)</th><th scope="col">Last seen</th><th scope="col">Session</th></tr></thead>
<tbody>${sessions.map((session) => row(session, id))}</tbody>
</table></div>
<form class="actions" method="post" action="/sessions/end-others"><button>Log out everywhere else</button></form>
<p class="hint">Log in with another browser, or a private window, and end it from here: its next click finds it logged out.</p>
</section>
${devices.knows(req) ? remembered() : null}`
    return res.html(page('Dashboard', req.session, content))
  })

  app.post('/sessions/end-others', requireAuth, async (req, res) => {
    const { userId = '' } = req.session
    const ended = await app.sessions.user(userId).revoke({ except: req.session })
    return wantsPage(req) ? res.redirect(303, `/dashboard?ended=${ended}`) : res.json({ ended })
  })

  app.post('/sessions/lose', requireAuth, async (req, res) => {
    await req.session.destroy()
    return wantsPage(req) ? res.redirect(303, '/dashboard') : res.json({ lost: true })
  })
}

function row(session: SessionSummary<DemoSession>, current: string): Html {
  const here = session.id === current ? html` <span class="tag">this one</span>` : null
  return html`<tr><td>${session.data.browser ?? 'Unknown'}${here}</td><td>${timeText(session.createdAt)}</td><td>${timeText(session.touchedAt)}</td><td><code>${session.id.slice(0, 8)}…</code></td></tr>`
}

function remembered(): Html {
  return html`<section>
<h2>This device is remembered</h2>
<p>Lose the session, as closing the browser would: the next page logs you in again, into a new one. Only logging out ends that.</p>
<form class="actions" method="post" action="/sessions/lose"><button class="quiet">Lose my session</button></form>
</section>`
}

function timeText(time: number): string {
  return new Date(time).toISOString().slice(11, 19)
}
