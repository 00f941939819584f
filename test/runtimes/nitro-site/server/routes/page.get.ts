import { defineEventHandler } from 'h3'
import { count } from '../utils/count.ts'
import { shownTo } from '../utils/shown.ts'

/** A page that asks the app itself for what it shows, by all ways there are. */
export default defineEventHandler(async (event) => {
  count(event)
  const asked = [await $fetch('/shown'), await event.$fetch('/shown')]
  await Promise.all([$fetch('/count', { method: 'POST' }), event.$fetch('/count', { method: 'POST' })])
  return { asked, ...shownTo(event) }
})
