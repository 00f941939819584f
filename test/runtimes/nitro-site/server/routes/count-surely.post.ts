import { defineEventHandler, sendNoContent } from 'h3'

export default defineEventHandler(async (event) => {
  await event.context.session.update((draft) => {
    draft.visits = (draft.visits ?? 0) + 1
  })
  return sendNoContent(event)
})
