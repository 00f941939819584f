import type { OptionNames } from './option-names.ts'

/** Says what to write instead, with our options named as the reader writes them. */
type Advice = (name: OptionNames) => string

// Settings of other session libraries. Names that mean one thing here and another there are not among them.
const ADVICE: readonly (readonly [foreign: readonly string[], advice: Advice])[] = [
  [['resave'], () => 'what has not changed is never written; leave it out'],
  [['saveUninitialized'], () => 'a session that nobody wrote to is not saved; leave it out'],
  [
    ['rolling', 'renew', 'autoExtendExpiration'],
    (name) => `any use starts ${name('idleTimeout')} again; leave it out`,
  ],
  [['autoCommit'], () => "the session is saved before the response's headers leave; leave it out"],
  [['unset'], () => 'session.clear() ends a session; leave it out'],
  [['proxy'], (name) => `the connection is not looked at; leave it out, and see ${name('cookie.secure')}`],
  [['genid', 'idGenerator'], () => 'ids cannot be chosen; leave it out'],
  [['name', 'cookieName', 'sessionCookieName'], (name) => `say ${name('cookie.name')}`],
  [['secure'], (name) => `say ${name('cookie.secure')}`],
  [['sameSite'], (name) => `say ${name('cookie.sameSite')}`],
  [['domain'], (name) => `say ${name('cookie.domain')}`],
  [['path'], (name) => `say ${name('cookie.path')}`],
  [['cookieOptions'], (name) => `say ${name('cookie')}`],
  [['keys', 'password', 'encryptionKey'], (name) => `say ${name('secret')}`],
  [
    ['maxAge', 'ttl', 'expiry', 'expireAfterSeconds', 'cookie.maxAge', 'cookie.expires'],
    (name) =>
      `say ${name('idleTimeout')}, how long without use, and ${name('cookie.persistent')} for a cookie that outlives the browser's closing`,
  ],
  [['httpOnly', 'cookie.httpOnly'], () => 'the session cookie is always HttpOnly; leave it out'],
  [['signed', 'cookie.signed'], () => 'the ticket in the cookie is always signed; leave it out'],
  [['overwrite', 'cookie.overwrite'], () => 'a response has one session cookie at most; leave it out'],
]

/**
 * Tells what to write for a setting that other session libraries have and this one has not.
 * @param option - Its name; of the cookie's, such as `cookie.maxAge`.
 * @returns `undefined` for a name that none of them has.
 */
export function adviceOn(option: string, name: OptionNames): string | undefined {
  return ADVICE.find(([foreign]) => foreign.includes(option))?.[1](name)
}
