import type { DemoApp, DemoRequest } from './demo-session.ts'
import { html } from './html.ts'
import { page } from './layout.ts'

/** Adds the counter: as JSON for everybody, and as a page. */
export function addCounter(app: DemoApp): void {
  app.get('/counter', (req, res) => res.json({ visits: countVisit(req) }))

  app.get('/visits', (req, res) => {
    const visits = countVisit(req)
    res.html(
      page(
        'Counter',
        req.session,
        html`<h1>Counter</h1>
<p class="ticket big"><span>Your visits</span><strong>${visits}</strong><span>counted in your session</span></p>
<p>${visits === 1 ? 'This is your first visit: it made your session.' : 'The number lives on the server; your browser only has the ticket.'}</p>
<p class="actions"><a class="button" href="/visits">Visit again</a></p>
<p class="hint">The id of your session is <code>${req.session.id.slice(0, 12)}…</code>. It is a hash: who reads it cannot become you.</p>`,
      ),
    )
  })
}

function countVisit(req: DemoRequest): number {
  req.session.count = (req.session.count ?? 0) + 1
  return req.session.count
}
