import type { App, AppRequest } from 'coatcheck/app'

/** What the demo keeps in a visitor's session. */
export interface DemoSession {
  /** How often the counter was asked. */
  count: number
  /** Who is logged in. */
  userId: string
  email: string
  role: 'admin' | 'member'
  loginAt: string
  /** Which browser logged in, for the list of sessions. */
  browser: string
  /** The ids of the items in the cart. */
  cart: string[]
}

/** The demo's app. */
export type DemoApp = App<DemoSession>

/** A request to the demo. */
export type DemoRequest = AppRequest<DemoSession>

/** Tells a browser, which wants a page, from a program, which wants JSON. */
export function wantsPage(req: { get(name: string): string | undefined }): boolean {
  return req.get('accept')?.includes('text/html') === true
}
