import { defineEventHandler } from 'h3'
import { count } from '../utils/count.ts'
import { shownTo } from '../utils/shown.ts'

export default defineEventHandler((event) => {
  count(event)
  return shownTo(event)
})
