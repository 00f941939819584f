import { setResponseStatus } from 'h3'
import { defineNitroErrorHandler } from 'nitropack/runtime'
import { shownTo } from './utils/shown.ts'

/** Shows the session on one page for errors, which asks the app for more, as Nuxt's does. Nitro has its own for all others. */
export default defineNitroErrorHandler(async (_error, event) => {
  if (event.path !== '/broken?shown') return
  const body = JSON.stringify({ ...shownTo(event), asked: await $fetch('/shown') })
  setResponseStatus(event, 500)
  event.node.res.end(body)
})
