import { defineNitroPlugin } from 'nitropack/runtime'
import { askedAtStart } from '../utils/asked-at-start.ts'

/** Asks the app when nobody has asked for anything yet. Workers may do so little then that h3 cannot answer. */
export default defineNitroPlugin(({ localFetch }) => {
  if (import.meta.preset === 'cloudflare-module') return
  askedAtStart.resolve(Promise.all([$fetch('/shown'), localFetch('/shown').then((answer) => answer.json())]))
})
