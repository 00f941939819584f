import { defineEventHandler } from 'h3'
import { count } from '../utils/count.ts'

export default defineEventHandler(async (event) => {
  await event.$fetch('/count', { method: 'POST' })
  count(event)
  throw new Error('The handler is broken.')
})
