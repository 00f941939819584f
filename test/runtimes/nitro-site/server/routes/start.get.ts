import { defineEventHandler } from 'h3'
import { askedAtStart } from '../utils/asked-at-start.ts'

export default defineEventHandler(() => askedAtStart.promise)
