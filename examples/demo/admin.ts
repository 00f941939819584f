import { type DemoApp, wantsPage } from './demo-session.ts'
import { requireAdmin, requireAuth } from './guards.ts'
import { html } from './html.ts'
import { notice, page } from './layout.ts'
import { DEMO_USERS } from './users.ts'

/** Adds the page for admins: who is logged in how often, and the way to end that. */
export function addAdmin(app: DemoApp): void {
  app.use('/admin', requireAuth, requireAdmin)

  app.get('/admin', async (req, res) => {
    const users = await Promise.all(
      DEMO_USERS.map(async ({ id, email, role }) => {
        const sessions = await app.sessions.user(id).list()
        return { id, email, role, sessions: sessions.length }
      }),
    )
    if (!wantsPage(req)) return res.json({ users })
    const { ended } = req.query
    const content = html`<h1>Admin</h1>
${ended === undefined ? null : notice('done', `Sessions ended: ${String(ended)}.`)}
<div class="scroll"><table>
<thead><tr><th scope="col">User</th><th scope="col">Role</th><th scope="col">Live sessions</th><th scope="col"><span class="hidden">Action</span></th></tr></thead>
<tbody>${users.map(
      (user) => html`<tr><td>${user.email}</td><td>${user.role}</td><td>${user.sessions}</td><td>
<form method="post" action="/admin/users/${user.id}/end"><button class="small quiet" aria-label="Log ${user.email} out everywhere">Log out everywhere</button></form></td></tr>`,
    )}</tbody>
</table></div>
<p class="hint">Ending your own sessions logs you out as well, at your next click.</p>`
    return res.html(page('Admin', req.session, content))
  })

  app.post('/admin/users/:id/end', async (req, res) => {
    const ended = await app.sessions.user(req.params.id).revoke()
    return wantsPage(req) ? res.redirect(303, `/admin?ended=${ended}`) : res.json({ ended })
  })
}
