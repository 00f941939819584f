import { currentPassage } from './mount.ts'

const PROPERTY: PropertyDescriptor = {
  get(this: object) {
    return currentPassage(this)?.session.id
  },
  // Another session middleware of the same app, such as express-session on other routes, assigns it.
  set(this: object, value: unknown) {
    Object.defineProperty(this, 'sessionID', { value, writable: true, configurable: true, enumerable: true })
  },
  configurable: true,
  enumerable: true,
}

/** An Express app, and what it makes its requests from: meant to be extended, and handed down to the apps below it. */
interface ExpressApp {
  request?: object
  /** The app it is mounted in. */
  parent?: ExpressApp
}

/**
 * Gives requests the session's id as `sessionID`, the name that Express middleware knows.
 *
 * Once for all requests of an Express app and those around it, where a request goes on when it comes back; elsewhere,
 * where a request has no prototype that is the app's alone, for each one, which costs 0.2 us (Node 24).
 */
export function offerSessionId(request: object & { app?: ExpressApp }): void {
  if ('sessionID' in request) return
  let { app } = request
  while (app?.parent !== undefined) app = app.parent
  Object.defineProperty(app?.request ?? request, 'sessionID', PROPERTY)
}
