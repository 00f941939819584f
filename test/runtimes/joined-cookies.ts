/** Why several `Cookie` lines of one request do not reach a Worker as one. */
// A comma is no divider we could take: with it, a page that can set any cookie could smuggle in ours as part of its value.
export const JOINED_COOKIES =
  'workerd joins the Cookie lines of a request with a comma, which may as well be part of a cookie'
