import { defineEventHandler, getQuery, readBody, sendRedirect } from 'h3'
import { shownTo } from '../utils/shown.ts'

export default defineEventHandler(async (event) => {
  const { name } = await readBody<{ name: string }>(event)
  event.context.session.userId = name
  return getQuery(event).go === undefined ? shownTo(event) : sendRedirect(event, '/shown', 303)
})
