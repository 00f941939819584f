/**
 * Parses a `Cookie` header: names to decoded values, the first of a name. Has no prototype.
 *
 * @param hidden - The name of the session's cookie, which is left out: its ticket is nobody's to read, and a page that
 * prints its cookies would otherwise show it to scripts.
 */
export function parseCookies(header: string | null, hidden: string): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null)
  if (header === null) return cookies
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, at)).trim()
    if (name === '' || name === hidden || name in cookies) continue
    cookies[name] = decode(unquote(pair.slice(at + 1).trim()))
  }
  return cookies
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}

/** Others may have written the cookie: what is not percent-encoded is taken as it is. */
function decode(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
