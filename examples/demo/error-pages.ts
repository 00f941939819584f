import { type ErrorHandler, HttpError } from 'coatcheck/app'
import { type DemoApp, type DemoSession, wantsPage } from './demo-session.ts'
import { html } from './html.ts'
import { page } from './layout.ts'

/** Adds pages for what goes wrong. Programs get the app's own answers in JSON. */
export function addErrorPages(app: DemoApp): void {
  app.all('/*', (req, res, next) => {
    if (!wantsPage(req)) return next()
    return res.status(404).html(errorPage('Nothing here', 'There is no page at this address.'))
  })

  const showError: ErrorHandler<DemoSession> = (error, req, res, next) => {
    if (!(error instanceof HttpError) || !wantsPage(req)) return next(error)
    return res.status(error.status).html(errorPage('That did not work', error.message))
  }
  app.use(showError)
}

function errorPage(title: string, text: string): string {
  const content = html`<h1>${title}</h1>
<p>${text}</p>
<p class="actions"><a class="button" href="/">To the front page</a></p>`
  return page(title, {}, content)
}
