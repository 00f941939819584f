import { defineEventHandler } from 'h3'
import { shownTo } from '../utils/shown.ts'

/** A page that shows who asks, and who the app takes for it that is asked meanwhile. */
export default defineEventHandler(async (event) => {
  const asked = await Promise.all([event.$fetch('/shown'), event.$fetch('/shown')])
  return { ...shownTo(event), asked }
})
