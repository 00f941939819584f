import type { DemoApp } from './demo-session.ts'
import { html } from './html.ts'
import { page } from './layout.ts'

const FEATURES = [
  ['/visits', 'Counter', 'A number that is yours: open it in two browsers.'],
  [
    '/login',
    'Log in',
    'The session’s id changes by itself, so nobody can plant one on you. Be remembered, if you like.',
  ],
  ['/dashboard', 'Dashboard', 'Your live sessions, and “log out everywhere else”.'],
  ['/admin', 'Admin', 'A page for one role only.'],
  ['/cart', 'Shopping cart', 'Parallel clicks lose nothing.'],
  ['/timeout', 'Session timeout', 'A session of twenty seconds, and its countdown.'],
] as const

/** The same for a terminal, to be copied: `host` is where the reader has found the page. */
function commands(host: string): string {
  return `curl -c jar -b jar ${host}/counter
curl -c jar -b jar -d 'email=user@example.com&password=password' ${host}/login
curl -c jar -b jar ${host}/dashboard`
}

/** Adds the front page. */
export function addHome(app: DemoApp): void {
  app.get('/', (req, res) =>
    res.html(
      page(
        'Welcome',
        req.session,
        html`<section class="hero">
<div>
<h1>You hand in your coat, you get a ticket.</h1>
<p class="lead">The server keeps the session, the browser keeps a signed ticket. Click through what that is good for.</p>
</div>
<p class="ticket" aria-hidden="true"><span>Coatcheck</span><strong>No. 042</strong><span>keep this ticket</span></p>
</section>
<ul class="cards wide">${FEATURES.map(
          ([path, name, text]) => html`<li><a href="${path}"><h2>${name}</h2><p>${text}</p></a></li>`,
        )}</ul>
<section>
<h2>For programs</h2>
<p>The same addresses answer in JSON to everything that does not ask for a page.</p>
<pre tabindex="0"><code>${commands(new URL(req.raw.url).host)}</code></pre>
</section>`,
      ),
    ),
  )
}
