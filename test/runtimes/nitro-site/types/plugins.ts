import type { Session, SessionData } from 'coatcheck'
import { session } from 'coatcheck/nitro'
import type { H3Event } from 'h3'
import { defineNitroPlugin } from 'nitropack/runtime'
import type { NitroAppPlugin } from 'nitropack/types'
import { sessions } from '../server/utils/sessions.ts'

type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false

/** Both ways to write the plugin: as it is, and with Nitro's own function around it. */
export const plugins: NitroAppPlugin[] = [session(sessions), defineNitroPlugin(session(sessions))]

/** A handler's session has the type of the app's data. */
export const isTyped: Same<H3Event['context']['session'], Session<SessionData>> = true
