import { type AppOptions, createApp } from 'coatcheck/app'
import { type DemoApp, wantsPage } from './demo-session.ts'
import { type Html, html } from './html.ts'
import { countdown, page } from './layout.ts'

interface ShortSession {
  startedAt: number
}

/**
 * Adds a session that ends after seconds, beside the visitor's own: an app of its own, with its own cookie, whose
 * answers the demo passes on. It may share secret and store: tickets and records of the two never mix.
 */
export function addTimeout(
  app: DemoApp,
  shared: Pick<AppOptions<ShortSession>, 'sessionSecret' | 'sessionStore' | 'secureCookies'>,
): void {
  const short = createApp<ShortSession>({
    ...shared,
    sessionCookieName: 'short_sid',
    session: { idleTimeout: '20s', absoluteTimeout: '60s' },
  })

  short.get('/timeout', async (req, res) => {
    const { startedAt } = req.session
    const now = Date.now()
    const left = startedAt === undefined ? null : req.session.expiresAt - now
    if (!wantsPage(req)) return res.json({ alive: left !== null, msLeft: left })
    // Looked at only: a visit to this page is no use of the visitor's own session.
    const viewer = await app.sessions.read(req.raw)
    const content = startedAt === undefined || left === null ? stopped() : running(left, now - startedAt)
    return res.html(page('Session timeout', viewer, content))
  })

  short.post('/timeout/start', async (req, res) => {
    await req.session.regenerate()
    req.session.startedAt = Date.now()
    return wantsPage(req) ? res.redirect(303, '/timeout') : res.json({ alive: true })
  })

  app.all('/timeout', (req) => short.fetch(req.raw))
  app.all('/timeout/*', (req) => short.fetch(req.raw))
}

function running(left: number, age: number): Html {
  return html`<h1>Session timeout</h1>
<p class="ticket big"><span>Your short session ends in</span><strong>${countdown(left, 'reload')}</strong><span>it is ${Math.round(age / 1000)} seconds old</span></p>
<p>It ends after 20 seconds without a click, and after 60 seconds whatever you do. The server decides: your browser still has the cookie then, and it opens nothing.</p>
<p class="actions"><a class="button" href="/timeout">Keep it alive</a></p>`
}

function stopped(): Html {
  return html`<h1>Session timeout</h1>
<p>There is no short session: it was not started yet, or it has timed out.</p>
<form class="actions" method="post" action="/timeout/start"><button>Start a session of 20 seconds</button></form>`
}
