import { defineEventHandler } from 'h3'
import { count } from '../utils/count.ts'
import { shownTo } from '../utils/shown.ts'

/** A page that signs its visitor in by asking the app itself. */
export default defineEventHandler(async (event) => {
  await event.$fetch('/login', { method: 'POST', body: { name: 'ann' } })
  count(event)
  return shownTo(event)
})
