/**
 * The cookies of one browser of one site: keeps what responses set, by name. What else `Set-Cookie` lines say is looked at
 * for one thing only, whether the cookie ends.
 */
export class CookieJar {
  /** The values by name. */
  readonly cookies: Map<string, string>

  /** Makes a jar that holds the same cookies as these. */
  constructor(cookies: ReadonlyMap<string, string> = new Map()) {
    this.cookies = new Map(cookies)
  }

  /** The `Cookie` header to send; empty without cookies. */
  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Puts the header into those of a request, unless it has one of its own. */
  sendWith(headers: Headers): void {
    if (!headers.has('cookie') && this.cookies.size > 0) headers.set('cookie', this.header)
  }

  /** Keeps and gives up what a response says. */
  keepFrom(response: Response): void {
    for (const line of response.headers.getSetCookie()) this.#keep(line)
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';')
    const at = pair.indexOf('=')
    // A browser takes it for a value without a name, which no app looks for.
    if (at === -1) return
    const name = pair.slice(0, at).trim()
    if (isOver(attributes)) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(at + 1).trim())
  }
}

/** Where both are given, `Max-Age` counts (RFC 6265bis section 5.7). */
function isOver(attributes: readonly string[]): boolean {
  const maxAge = lastOf(attributes, /^\s*max-age\s*=\s*(-?\d+)\s*$/i)
  if (maxAge !== undefined) return Number(maxAge) <= 0
  const expires = lastOf(attributes, /^\s*expires\s*=\s*(.*?)\s*$/i)
  return expires !== undefined && Date.parse(expires) <= Date.now()
}

function lastOf(attributes: readonly string[], shape: RegExp): string | undefined {
  return attributes.map((attribute) => shape.exec(attribute)?.[1]).findLast((value) => value !== undefined)
}
