import { MapStore } from './map-store.ts'

/** A store that can end a user's sessions, and writes without a condition. */
export class UserMapStore extends MapStore {
  destroyByUser(user: string, { except }: { except?: string } = {}): number {
    const ids = [...this.records.keys()].filter((id) => id !== except && this.get(id)?.user === user)
    for (const id of ids) this.destroy(id)
    return ids.length
  }
}
