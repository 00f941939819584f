import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DemoApp } from './demo-session.ts'

const ASSETS = [
  ['style.css', 'text/css; charset=utf-8'],
  ['countdown.js', 'text/javascript; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
] as const

// Nothing from elsewhere, no script in a page: an injected one would not run.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Adds the style sheet, the script and the icon, and headers that keep pages from being misused. */
export function addAssets(app: DemoApp): void {
  app.use((_req, res, next) => {
    res.set({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    })
    return next()
  })
  for (const [name, type] of ASSETS) {
    const content = readFileSync(join(import.meta.dirname, 'assets', name))
    app.get(`/${name}`, (_req, res) =>
      res.set({ 'content-type': type, 'cache-control': 'max-age=300' }).send(content),
    )
  }
}
