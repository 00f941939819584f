import { getRequestHeaders, setResponseStatus } from 'h3'
import { defineNitroErrorHandler, useNitroApp } from 'nitropack/runtime'
import { shownTo } from './utils/shown.ts'

/** Shows the session on one page for errors, which asks the app for more, as Nuxt's does. Nitro has its own for all others. */
export default defineNitroErrorHandler(async (_error, event) => {
  const { localFetch } = useNitroApp()
  if (event.path !== '/broken?shown') return
  const { cookie = '' } = getRequestHeaders(event)
  const asked = await localFetch('/shown', { headers: { cookie } })
  const body = JSON.stringify({ ...shownTo(event), asked: await asked.json() })
  setResponseStatus(event, 500)
  event.node.res.end(body)
})
