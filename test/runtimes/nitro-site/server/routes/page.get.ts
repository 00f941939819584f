import { defineEventHandler } from 'h3'
import { count } from '../utils/count.ts'
import { shownTo } from '../utils/shown.ts'

/** A page that asks the app itself for what it shows, by both ways that an event has. */
export default defineEventHandler(async (event) => {
  count(event)
  const asked = [await event.$fetch('/shown'), await (await event.fetch('/shown')).json()]
  await Promise.all([event.$fetch('/count', { method: 'POST' }), event.$fetch('/count', { method: 'POST' })])
  return { asked, ...shownTo(event) }
})
