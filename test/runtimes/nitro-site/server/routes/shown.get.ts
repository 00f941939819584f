import { defineEventHandler } from 'h3'
import { shownTo } from '../utils/shown.ts'

export default defineEventHandler(shownTo)
