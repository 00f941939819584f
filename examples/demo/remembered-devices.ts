import { createHash, randomBytes } from 'node:crypto'
import type { AppResponse, Handler } from 'coatcheck/app'
import type { DemoRequest, DemoSession } from './demo-session.ts'
import { signIn } from './login.ts'
import { type User, userById } from './users.ts'

const COOKIE = 'remember_token'
const LIFETIME = 30 * 24 * 60 * 60 * 1000

/**
 * The devices that stay logged in: each has a token of its own in a cookie that outlives the session. As with
 * sessions, only the token's hash is kept: who reads the list cannot log in with it.
 */
export class RememberedDevices {
  readonly #devices = new Map<string, { userId: string; until: number }>()
  readonly #secure: boolean

  /** @param secure - Whether its cookie travels over HTTPS only. */
  constructor(secure: boolean) {
    this.#secure = secure
  }

  /** Lets the device of this response stay logged in. */
  remember(user: User, res: AppResponse): void {
    const token = randomBytes(32).toString('base64url')
    this.#devices.set(hash(token), { userId: user.id, until: Date.now() + LIFETIME })
    res.cookie(COOKIE, token, { maxAge: LIFETIME, httpOnly: true, sameSite: 'lax', secure: this.#secure })
  }

  /** Ends that for the device of this request. */
  forget(req: DemoRequest, res: AppResponse): void {
    const token = req.cookies[COOKIE]
    if (token === undefined) return
    this.#devices.delete(hash(token))
    res.clearCookie(COOKIE)
  }

  /** Tells whether the device of this request stays logged in. */
  knows(req: DemoRequest): boolean {
    return this.#userOf(req) !== undefined
  }

  /**
   * Logs a device's visitor in again when the session is gone. It asks the session first: a device that was found
   * before a logout must not log in after it.
   */
  readonly middleware: Handler<DemoSession> = (req, _res, next) => {
    if (req.session.userId === undefined) {
      const user = this.#userOf(req)
      if (user !== undefined) signIn(req, user)
    }
    return next()
  }

  #userOf(req: DemoRequest): User | undefined {
    const token = req.cookies[COOKIE]
    const device = token === undefined ? undefined : this.#devices.get(hash(token))
    return device === undefined || device.until < Date.now() ? undefined : userById(device.userId)
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
