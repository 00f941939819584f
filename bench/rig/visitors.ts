/** A client of one server that keeps the cookies it is given. */
export class Visitor {
  readonly #origin: string
  readonly #cookies = new Map<string, string>()

  constructor(origin: string) {
    this.#origin = origin
  }

  /** What a browser would send as its Cookie header; empty without cookies. */
  get cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /**
   * Asks for a path.
   * @throws {Error} the answer is no 200 in JSON.
   */
  async get(path: string, cookieHeader: string = this.cookieHeader): Promise<unknown> {
    const headers = cookieHeader === '' ? {} : { cookie: cookieHeader }
    const response = await fetch(this.#origin + path, { headers })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 200)}`)
    return JSON.parse(text)
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';')
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals)
    const value = pair.slice(equals + 1)
    if (value === '') this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

const AT_A_TIME = 32

/** Signs visitors in and gives their Cookie headers. */
export async function signIn(origin: string, visitors: number): Promise<string[]> {
  const cookies: string[] = []
  while (cookies.length < visitors) {
    const batch = Array.from({ length: Math.min(AT_A_TIME, visitors - cookies.length) }, async () => {
      const visitor = new Visitor(origin)
      await visitor.get('/login')
      return visitor.cookieHeader
    })
    cookies.push(...(await Promise.all(batch)))
  }
  return cookies
}

const FROM_THE_END = 8

/** Changes one character near the end of each cookie's value: of a signed one, of its signature. */
export function forge(cookieHeader: string): string {
  return cookieHeader.replace(/=([^;]+)/g, (_, value: string) => {
    // Not in the middle of an escape such as %2B.
    let at = Math.max(0, value.length - FROM_THE_END)
    while (at > 0 && /%.?$/.test(value.slice(Math.max(0, at - 2), at + 1))) at--
    const other = value[at] === 'A' ? 'B' : 'A'
    return `=${value.slice(0, at)}${other}${value.slice(at + 1)}`
  })
}
