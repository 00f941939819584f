import { defineEventHandler } from 'h3'
import { count } from '../utils/count.ts'

export default defineEventHandler((event) => {
  count(event)
  return new Blob(['one ', 'two ', 'three']).stream()
})
