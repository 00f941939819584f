import { type Html, html } from './html.ts'

/** Who looks at a page, as its header shows it. */
export interface Viewer {
  email?: string | undefined
  role?: string | undefined
}

const LINKS = [
  ['/visits', 'Counter'],
  ['/cart', 'Cart'],
  ['/timeout', 'Timeout'],
  ['/dashboard', 'Dashboard'],
  ['/admin', 'Admin'],
] as const

/** Puts a page around its content. */
export function page(title: string, viewer: Viewer, content: Html): string {
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Coatcheck demo</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
<script src="/countdown.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="brand" href="/"><img src="/icon.svg" alt="" width="28" height="28"> Coatcheck</a>
<nav aria-label="Demo pages">${LINKS.map(([path, label]) => html`<a href="${path}">${label}</a>`)}</nav>
${account(viewer)}
</header>
<main id="content">
${content}
</main>
<footer>
<p>Every form here is a POST, and the session’s cookie is <code>SameSite=Lax</code>: another site’s form does not carry it.</p>
</footer>
</body>
</html>`.text
  }\n`
}

function account({ email }: Viewer): Html {
  if (email === undefined)
    return html`<p class="account"><a class="button small" href="/login">Log in</a></p>`
  return html`<form class="account" method="post" action="/logout"><span>${email}</span> <button class="small quiet">Log out</button></form>`
}

/** Shows a message that screen readers read out at once: an error, or that something was done. */
export function notice(kind: 'error' | 'done', text: string): Html {
  return html`<p class="notice ${kind}" role="${kind === 'error' ? 'alert' : 'status'}">${text}</p>`
}

/** Shows the time left until a moment; the page's script counts it down. */
export function countdown(milliseconds: number, whenOver: 'reload' | 'stay' = 'stay'): Html {
  const left = Math.max(0, Math.round(milliseconds))
  return html`<time class="countdown" role="timer" data-left="${left}" data-then="${whenOver}">${clockText(left)}</time>`
}

function clockText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
