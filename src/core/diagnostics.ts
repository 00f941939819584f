import { type Channel, channel } from 'node:diagnostics_channel'

const channels = new Map<string, Channel>()

/** Publishes an event on the channel `coatcheck:<name>`, for tracing tools that know no particular manager. */
export function publish(name: string, event: object): void {
  let found = channels.get(name)
  if (found === undefined) {
    found = channel(`coatcheck:${name}`)
    channels.set(name, found)
  }
  if (found.hasSubscribers) found.publish(event)
}
