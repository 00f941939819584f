import { defineEventHandler, sendNoContent } from 'h3'

export default defineEventHandler(async (event) => {
  await event.context.session.destroy()
  return sendNoContent(event)
})
